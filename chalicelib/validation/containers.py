"""Kinds of value that hold others."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from voluptuous import Invalid, MultipleInvalid, Optional, Required, Schema


class Nullable:
    """A value of that kind, or null."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[Any], object], Any]:
        validate: Callable[..., Any] = schema._compile(self.kind)  # type: ignore[no-untyped-call]
        return lambda path, value: None if value is None else validate(path, value)


@dataclass(frozen=True)
class AnyOf:
    """A value of one of these kinds, as it was sent: which of them is meant is known later."""

    kinds: tuple[Callable[[object], object], ...]

    def __call__(self, value: object) -> object:
        reasons = []
        for kind in self.kinds:
            try:
                kind(value)
            except Invalid as error:
                reasons.append(str(error))
            else:
                return value
        raise Invalid(", or ".join(reasons))


class UnknownField:
    """The key of a field that nobody documents: refused with the nearest known name."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known

    def __call__(self, name: str) -> str:
        from difflib import get_close_matches  # few requests need it, and every cold start would pay

        near = get_close_matches(name, self.known, n=1) or get_close_matches(name.lower(), self.known, n=1)
        raise Invalid(f"is not a known name; did you mean {near[0]}?" if near else "is not a known name")


@dataclass(frozen=True)
class Ignored:
    """Whatever a client sends back of what an answer had as a value of that kind."""

    kind: Any

    def __call__(self, value: object) -> object:
        return value


def json_object(value: object) -> dict[str, Any]:
    """A JSON object, whatever is in it."""
    if not isinstance(value, dict):
        raise Invalid("must be an object")
    return value


class All:
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


def object_fields(fields: Mapping[str, Any], required: Collection[str] = ()) -> dict[Any, Any]:
    """The voluptuous declaration of an object with these fields and no other."""
    declared = {
        Required(name, msg="is required") if name in required else Optional(name): fields[name] for name in fields
    }
    return declared | {UnknownField(fields): object}


def named_object(kind: Callable[[object], str]) -> All:
    """`{"name": ...}`; the bare string is taken for it."""
    return All(
        lambda value: {"name": value} if isinstance(value, str) else value,
        json_object,
        object_fields({"name": kind}, required={"name"}),
    )


class ListOf:
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


class OneOrMany(ListOf):
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
