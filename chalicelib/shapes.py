"""Whole bodies and parameter lists, which name every wrong field at once."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from voluptuous import PREVENT_EXTRA, REMOVE_EXTRA, MultipleInvalid, Schema

from chalicelib import errors
from chalicelib.containers import members
from chalicelib.dataclass import dataclass


class Shape:
    """Named fields, each with its kind of value; `check` answers the cleaned values or names every wrong one."""

    is_lenient = False

    def __init__(
        self,
        fields: Mapping[str, Any],
        required: Collection[str] = (),
        *,
        owned: Mapping[str, Any] | None = None,
        unseen: Collection[str] = (),
        spellings: Mapping[str, str] | None = None,
        some: "Some | None" = None,
        root: str = "#/",
    ) -> None:
        """`owned` fields are the server's, each with its kind of value: they may be sent back and are dropped.

        `unseen` ones are not in every answer. `spellings` are other names.
        """
        self.fields, self.required, self.root = fields, frozenset(required), root
        self.owned, self.unseen, self.spellings = dict(owned or {}), frozenset(unseen), dict(spellings or {})
        self.some = some
        self._schema = cache(self._build)

    def check(self, data: Mapping[str, Any], *, partial: bool = False, lenient: bool = False) -> dict[str, Any]:
        """The values as their kinds clean them. `partial`: nothing is required. `lenient`: unknown names are dropped.

        Raises errors.Invalid.
        """
        sent = {name: value for name, value in data.items() if name not in self.owned}
        try:
            checked: dict[str, Any] = self._schema(partial, lenient or self.is_lenient)(sent)
        except MultipleInvalid as error:
            raise errors.Invalid([self._field_error(one.path, one.error_message) for one in error.errors]) from None
        values = {self.spellings.get(name, name): value for name, value in checked.items()}
        return self._with_some(values)

    def _with_some(self, values: dict[str, Any]) -> dict[str, Any]:
        if self.some is None:
            return values
        (first, *others), given = self.some.names, [name for name in self.some.names if values.get(name)]
        if not given:
            raise errors.Invalid([self._field_error([first], " or ".join(["is required", *others]))])
        if self.some.only_one and len(given) > 1:
            raise errors.Invalid([self._field_error(given[1:2], f"cannot go with {given[0]}")])
        return values

    def _build(self, partial: bool, lenient: bool) -> Schema:
        declared = members(self.fields, () if partial else self.required)
        return Schema(declared, extra=REMOVE_EXTRA if lenient else PREVENT_EXTRA)

    def _field_error(self, path: Collection[object], detail: str) -> errors.FieldError:
        steps = (quote(str(step).replace("~", "~0").replace("/", "~1"), safe="", errors="replace") for step in path)
        return {"pointer": self.root + "/".join(steps), "detail": detail}


class LenientShape(Shape):
    """Fields beside which a client may send others, which are dropped, as some standards want it."""

    is_lenient = True


@dataclass(frozen=True)
class Some:
    """Fields of which at least one must be there and not empty, or exactly one."""

    names: tuple[str, ...]
    only_one: bool = False


@dataclass(frozen=True)
class Part:
    """An object of that shape, of which a client may have asked for some fields only."""

    shape: Shape


def parameters(**fields: Any) -> Shape:
    """The shape of a query string."""
    return Shape(fields, root="?")
