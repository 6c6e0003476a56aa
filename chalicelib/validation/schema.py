"""Whole bodies and parameter lists, which name every wrong field at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import voluptuous
from voluptuous import PREVENT_EXTRA, REMOVE_EXTRA, MultipleInvalid

from chalicelib import errors
from chalicelib.validation.containers import object_fields


@dataclass(frozen=True)
class RequiredChoice:
    """Fields of which at least one must be there and not empty, or exactly one."""

    names: tuple[str, ...]
    only_one: bool = False


class Schema:
    """Named fields, each with its kind of value; `check` answers the cleaned values or names every wrong one."""

    is_lenient = False

    def __init__(
        self,
        name: str,
        fields: Mapping[str, Any],
        required: Collection[str] = (),
        *,
        read_only: Mapping[str, Any] | None = None,
        optional_in_response: Collection[str] = (),
        aliases: Mapping[str, str] | None = None,
        required_choice: RequiredChoice | None = None,
        root: str = "#/",
    ) -> None:
        """`owned` fields are the server's, each with its kind of value: they may be sent back and are dropped.

        `unseen` ones are not in every answer. `spellings` are other names.
        """
        self.name = name
        self.fields, self.required, self.root = fields, frozenset(required), root
        self.read_only, self.optional_in_response, self.aliases = (
            dict(read_only or {}),
            frozenset(optional_in_response),
            dict(aliases or {}),
        )
        self.required_choice = required_choice
        self._schema = cache(self._build)

    def check(self, data: Mapping[str, Any], *, partial: bool = False, lenient: bool = False) -> dict[str, Any]:
        """The values as their kinds clean them. `partial`: nothing is required. `lenient`: unknown names are dropped.

        Raises errors.Invalid.
        """
        sent = {name: value for name, value in data.items() if name not in self.read_only}
        try:
            checked: dict[str, Any] = self._schema(partial, lenient or self.is_lenient)(sent)
        except MultipleInvalid as error:
            raise errors.Invalid([self._field_error(one.path, one.error_message) for one in error.errors]) from None
        values = {self.aliases.get(name, name): value for name, value in checked.items()}
        return self._with_some(values)

    def _with_some(self, values: dict[str, Any]) -> dict[str, Any]:
        if self.required_choice is None:
            return values
        (first, *others), given = (
            self.required_choice.names,
            [name for name in self.required_choice.names if values.get(name)],
        )
        if not given:
            raise errors.Invalid([self._field_error([first], " or ".join(["is required", *others]))])
        if self.required_choice.only_one and len(given) > 1:
            raise errors.Invalid([self._field_error(given[1:2], f"cannot go with {given[0]}")])
        return values

    def _build(self, partial: bool, lenient: bool) -> voluptuous.Schema:
        declared = object_fields(self.fields, () if partial else self.required)
        return voluptuous.Schema(declared, extra=REMOVE_EXTRA if lenient else PREVENT_EXTRA)

    def _field_error(self, path: Collection[object], detail: str) -> errors.FieldError:
        steps = (quote(str(step).replace("~", "~0").replace("/", "~1"), safe="", errors="replace") for step in path)
        return {"pointer": self.root + "/".join(steps), "detail": detail}


class LenientSchema(Schema):
    """Fields beside which a client may send others, which are dropped, as some standards want it."""

    is_lenient = True


@dataclass(frozen=True)
class PartOf:
    """An object of that shape, of which a client may have asked for some fields only."""

    shape: Schema


def parameters(**fields: Any) -> Schema:
    """The shape of a query string."""
    return Schema("", fields, root="?")
