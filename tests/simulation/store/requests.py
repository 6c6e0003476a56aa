"""Checks of requests that all operations share."""

from tests.simulation.store.errors import UnsupportedRequestError
from tests.simulation.store.expressions import placeholders_in
from tests.simulation.store.table import Json, check_values

NOTHING: frozenset[str] = frozenset()


def check_parameters(request: Json, needed: frozenset[str], optional: frozenset[str] = NOTHING) -> None:
    """Raise UnsupportedRequestError if a request lacks a parameter or has another one."""
    given = request.keys()
    if not needed <= given <= needed | optional:
        raise UnsupportedRequestError(
            f"the parameters {sorted(given)}, but {sorted(needed)} and perhaps {sorted(optional)}"
        )


def check_placeholders(request: Json, *expressions: str) -> None:
    """Raise UnsupportedRequestError if the placeholders that are used are not those that the request explains.

    The values must have types that rows have.
    """
    used = NOTHING.union(*map(placeholders_in, expressions))
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    if used != names.keys() | values.keys():
        raise UnsupportedRequestError(f"the placeholders {sorted(used)}, but {sorted(names)} and {sorted(values)}")
    check_values(values)
