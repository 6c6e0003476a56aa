"""Request cases of what a route has that declares `history`: the history of an object, and its state at a time."""

from collections.abc import Callable, Sequence

from chalicelib import clock
from chalicelib.http.past_views import history_path
from infra.testing.request_cases import BATCH_GET, GET_ITEM, QUERY, Budget, RequestCase, Step, flatten
from infra.testing.world import World

VIEWER = (GET_ITEM, QUERY)  # the caller's user and memberships
PRESENT = (GET_ITEM,)
MOST_STEPS = 2  # of a read without a reason for more
WHY_LARGE = "finds the object, reads its newest changes before its row, and then what decides who may see it"


def now() -> str:
    """Return the present time with milliseconds. Everything that was written before it is not younger."""
    return clock.current_time().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at_present(address: Callable[[World], str]) -> Callable[[World], str]:
    """Return the address of an object with the present time, after it was created."""
    return lambda world: f"{address(world)}?at={now()}"


def history_of(address: Callable[[World], str]) -> Callable[[World], str]:
    """Return the address of the history of an object."""
    return lambda world: f"{address(world)}/history"


def past_cases(
    path: str,
    address: str | Callable[[World], str],
    read: Budget,
    *,
    present: Sequence[str] = PRESENT,
    around: Budget = (BATCH_GET,),
    by_slug: Budget = (),
) -> list[RequestCase]:
    """Return the cases for an object without recorded changes.

    `read` is what the GET of the object makes, and `present` what reads its row alone. `around` reads what decides who
    sees it and the people in it. `by_slug` finds the id of the object.
    """
    create = address if callable(address) else lambda _: address
    history: list[Step] = [*by_slug, tuple(sorted([*flatten(read), *VIEWER])), QUERY]
    state: list[Step] = [*by_slug, tuple(sorted([*VIEWER, QUERY, GET_ITEM])), *present, *around]
    return [
        RequestCase("GET", history_path(path), history, address=history_of(create), why_large=_why_large(history)),
        RequestCase(
            "GET", path, state, address=at_present(create), variant=f"GET {path}?at", why_large=_why_large(state)
        ),
    ]


def _why_large(budget: Budget) -> str:
    return WHY_LARGE if len(budget) > MOST_STEPS else ""
