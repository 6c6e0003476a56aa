"""Kinds of value that hold others, and whole bodies and parameter lists, which name every wrong field at once."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any
from urllib.parse import quote

from voluptuous import PREVENT_EXTRA, REMOVE_EXTRA, Invalid, MultipleInvalid, Optional, Required, Schema

from chalicelib import errors


class OrNull:
    """A value of that kind, or null."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[Any], object], Any]:
        validate: Callable[..., Any] = schema._compile(self.kind)  # type: ignore[no-untyped-call]
        return lambda path, value: None if value is None else validate(path, value)


class Unknown:
    """The key of a field that nobody documents: refused with the nearest known name."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known

    def __call__(self, name: str) -> str:
        near = get_close_matches(name, self.known, n=1) or get_close_matches(name.lower(), self.known, n=1)
        raise Invalid(f"is not a known name; did you mean {near[0]}?" if near else "is not a known name")


def an_object(value: object) -> dict[str, Any]:
    """A JSON object, whatever is in it."""
    if not isinstance(value, dict):
        raise Invalid("must be an object")
    return value


class InTurn:
    """Kinds of value one after another, each given what the one before has made of it.

    Unlike voluptuous' own All it keeps nothing of the schema that compiles it, so that several may share it.
    """

    def __init__(self, *kinds: Any) -> None:
        self.kinds = kinds

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[Any], object], Any]:
        steps: list[Callable[..., Any]] = [schema._compile(kind) for kind in self.kinds]  # type: ignore[no-untyped-call]

        def validate(path: list[Any], value: object) -> Any:
            for step in steps:
                value = step(path, value)
            return value

        return validate


def members(fields: Mapping[str, Any], required: Collection[str] = ()) -> dict[Any, Any]:
    """The voluptuous declaration of an object with these fields and no other."""
    declared = {
        Required(name, msg="is required") if name in required else Optional(name): fields[name] for name in fields
    }
    return declared | {Unknown(fields): object}


def named(kind: Callable[[object], str]) -> InTurn:
    """`{"name": ...}`; the bare string is taken for it."""
    return InTurn(
        lambda value: {"name": value} if isinstance(value, str) else value,
        an_object,
        members({"name": kind}, required={"name"}),
    )


class Each:
    """An array in which every element is of that kind; unlike voluptuous' own list it names every wrong element."""

    def __init__(self, kind: Any, unique: bool = False) -> None:
        self.kind, self.unique = kind, unique

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[Any], object], list[Any]]:
        element: Callable[..., Any] = schema._compile(self.kind)  # type: ignore[no-untyped-call]

        def validate(path: list[Any], value: object) -> list[Any]:
            if not isinstance(value, list):
                raise Invalid("must be an array", path)
            good: list[Any] = []
            wrong: list[Invalid] = []
            for index, one in enumerate(value):
                try:
                    good.append(element([*path, index], one))
                except MultipleInvalid as error:
                    wrong.extend(error.errors)
                except Invalid as error:
                    wrong.append(error)
            if wrong:
                raise MultipleInvalid(wrong)
            return [one for at, one in enumerate(good) if one not in good[:at]] if self.unique else good

        return validate


class Several(Each):
    """An array in which every element is of that kind; one alone may stand without the array, and null for none."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, unique=True)

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[Any], object], list[Any]]:
        array = super().__voluptuous_compile__(schema)
        one: Callable[..., Any] = schema._compile(self.kind)  # type: ignore[no-untyped-call]

        def several(path: list[Any], value: object) -> list[Any]:
            if value is None:
                return []
            return array(path, value) if isinstance(value, list) else [one(path, value)]

        return several


class Shape:
    """Named fields, each with its kind of value; `check` answers the cleaned values or names every wrong one."""

    def __init__(
        self,
        fields: Mapping[str, Any],
        required: Collection[str] = (),
        *,
        owned: Collection[str] = (),
        spellings: Mapping[str, str] | None = None,
        root: str = "#/",
    ) -> None:
        """`owned` fields are the server's: they may be sent back and are dropped. `spellings` are other names."""
        self.fields, self.required, self.root = fields, frozenset(required), root
        self.owned, self.spellings = frozenset(owned), dict(spellings or {})
        self._schema = cache(self._build)

    def check(self, data: Mapping[str, Any], *, partial: bool = False, lenient: bool = False) -> dict[str, Any]:
        """The values as their kinds clean them. `partial`: nothing is required. `lenient`: unknown names are dropped.

        Raises errors.Invalid.
        """
        sent = {name: value for name, value in data.items() if name not in self.owned}
        try:
            checked: dict[str, Any] = self._schema(partial, lenient)(sent)
        except MultipleInvalid as error:
            raise errors.Invalid([self._field_error(one.path, one.error_message) for one in error.errors]) from None
        return {self.spellings.get(name, name): value for name, value in checked.items()}

    def _build(self, partial: bool, lenient: bool) -> Schema:
        declared = members(self.fields, () if partial else self.required)
        return Schema(declared, extra=REMOVE_EXTRA if lenient else PREVENT_EXTRA)

    def _field_error(self, path: Collection[object], detail: str) -> errors.FieldError:
        steps = (quote(str(step).replace("~", "~0").replace("/", "~1"), safe="", errors="replace") for step in path)
        return {"pointer": self.root + "/".join(steps), "detail": detail}


def parameters(**fields: Any) -> Shape:
    """The shape of a query string."""
    return Shape(fields, root="?")
