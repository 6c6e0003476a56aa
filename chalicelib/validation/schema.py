"""Schemas: the named fields of a body or a query string, which are checked together."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import voluptuous
from voluptuous import PREVENT_EXTRA, REMOVE_EXTRA, Invalid, MultipleInvalid

from chalicelib import errors
from chalicelib.validation.containers import UnknownName, json_object, object_fields
from chalicelib.validation.types import TextSchema, TextTooLarge

MAX_STEP_LENGTH = 100  # characters of a field's name in the pointer of an error


class RequiredChoice(NamedTuple):
    """Fields of which at least one must be given and not empty; if `only_one`, exactly one."""

    names: tuple[str, ...]
    only_one: bool = False


class Schema:
    """Named fields, each with its kind of value. Its own name is its public name in the OpenAPI document."""

    is_lenient = False

    def __init__(  # noqa: PLR0913 - a declaration names what it needs
        self,
        name: str,
        fields: Mapping[str, Any],
        required: Collection[str] = (),
        *,
        read_only: Mapping[str, Any] | None = None,
        optional_in_response: Collection[str] = (),
        aliases: Mapping[str, str] | None = None,
        required_choice: RequiredChoice | None = None,
        descriptions: Mapping[str, str] | None = None,
        root: str = "#/",
    ) -> None:
        """Declare the fields that clients may send, and those of them that are `required`.

        `read_only` fields are set by the server: clients may send them back, and they are dropped. Responses have all
        fields of both kinds except those `optional_in_response`. `aliases` maps other names of fields to the documented
        ones. `descriptions` has a sentence about each field for the OpenAPI document. `root` starts the pointers to
        wrong fields: `#/` in a body (RFC 6901), `?` in a query string.
        """
        self.name = name
        self.fields = fields
        self.required = frozenset(required)
        self.read_only = dict(read_only or {})
        self.optional_in_response = frozenset(optional_in_response)
        self.aliases = dict(aliases or {})
        self.required_choice = required_choice
        self.descriptions = descriptions or {}
        self.root = root
        self._compiled = cache(self._compile)

    def check(
        self, data: Mapping[str, Any], *, partial: bool = False, lenient: bool = False, is_text: bool = False
    ) -> dict[str, Any]:
        """Return the clean values of the fields that were sent, under their documented names.

        If `partial`, no field is required. If `lenient`, unknown fields are dropped. If `is_text`, the data come from a
        form or a query, where all values are text. Raises errors.Invalid, which names every wrong field.
        """
        try:
            json_object(data)
            sent = {name: value for name, value in data.items() if name not in self.read_only}
            checked: dict[str, Any] = self._compiled(partial, lenient or self.is_lenient, is_text)(sent)
        except MultipleInvalid as error:
            raise self._describe(error.errors) from None
        except Invalid as error:
            raise self._describe([error]) from None
        values: dict[str, Any] = {}
        for name, value in checked.items():
            documented_name = self.aliases.get(name, name)
            if value is not None or documented_name not in values:  # null by one name clears nothing that has another
                values[documented_name] = value
        if self.required_choice:
            self._check_choice(self.required_choice, values)
        return values

    def _check_choice(self, choice: RequiredChoice, values: Mapping[str, Any]) -> None:
        given = [name for name in choice.names if values.get(name)]
        first, *others = choice.names
        if not given:
            detail = f"is required unless {' or '.join(others)} is given" if others else "is required"
            raise errors.Invalid([self._field_error([first], detail)])
        if choice.only_one and len(given) > 1:
            raise errors.Invalid([self._field_error([given[1]], f"cannot be combined with {given[0]}")])

    def _compile(self, partial: bool, lenient: bool, is_text: bool) -> voluptuous.Schema:
        declared = object_fields(self.fields, () if partial else self.required)
        kind = TextSchema if is_text else voluptuous.Schema
        return kind(declared, extra=REMOVE_EXTRA if lenient else PREVENT_EXTRA)

    def _describe(self, problems: Sequence[Invalid]) -> errors.Problem:
        """Return the error that lists these problems, as many as an error may list, and counts the others.

        A text that no row can hold is an error of its own.
        """
        for one in problems:
            if isinstance(one, TextTooLarge):
                field = "/".join(map(str, one.path))
                return errors.TooLarge(f"The object has {one.error_message}. Its largest field is {field}.")
        listed = [
            self._field_error(one.path, one.describe() if isinstance(one, UnknownName) else one.error_message)
            for one in problems[: errors.MOST_LISTED_ERRORS]
        ]
        return errors.Invalid(listed, more=len(problems) - len(listed))

    def _field_error(self, path: Collection[object], detail: str) -> errors.FieldError:
        if not path:
            return {"pointer": errors.WHOLE_BODY, "detail": f"The body {detail}."}
        names = (str(step)[:MAX_STEP_LENGTH].replace("~", "~0").replace("/", "~1") for step in path)
        return {
            "pointer": self.root + "/".join(quote(name, safe="", errors="replace") for name in names),
            "detail": detail,
        }


class LenientSchema(Schema):
    """A schema that always drops unknown fields, where a standard requires that they are ignored."""

    is_lenient = True


class PartOf(NamedTuple):
    """A response with the fields of a schema, or with only some of them if the client asked for that."""

    shape: Schema


def parameters(**fields: Any) -> Schema:
    """Return the schema of a query string."""
    return Schema("", fields, root="?")
