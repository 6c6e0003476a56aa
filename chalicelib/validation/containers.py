"""Types of value that contain others: nullable values, alternatives, objects and arrays.

A `kind` is anything that voluptuous accepts as a schema: one of the simple types, one of these containers, or a dict of
fields.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from voluptuous import Invalid, Marker, MultipleInvalid, Optional, Required, Schema

from chalicelib.validation.bounds import MAX_COUNTED_ERRORS, MAX_FIELDS

Path = list[Any]
Validate = Callable[[Path, object], Any]  # how voluptuous calls what a schema is compiled to


def compile_kind(kind: Any, parent: Schema) -> Validate:
    """Compile a kind for its place within a parent schema.

    The parent decides whether unknown fields are dropped or refused, and whether all values were sent as text.

    voluptuous itself does this with a private method. A schema of its own does the same through the public interface.
    """
    validate = type(parent)(kind, extra=parent.extra)

    def validate_at(path: Path, value: object) -> Any:
        try:
            return validate(value)
        except MultipleInvalid as error:
            error.prepend(path)
            raise

    return validate_at


@dataclass(frozen=True)
class Nullable:
    """A value of the kind, or null."""

    kind: Any

    def __voluptuous_compile__(self, schema: Schema) -> Validate:
        validate = compile_kind(self.kind, schema)
        return lambda path, value: None if value is None else validate(path, value)


@dataclass(frozen=True)
class AnyOf:
    """A value of one of several kinds. It is returned as it was sent: which kind applies is decided later."""

    kinds: tuple[Callable[[object], object], ...]

    def __call__(self, value: object) -> object:
        rules = []
        for kind in self.kinds:
            try:
                kind(value)
            except Invalid as error:
                rules.append(str(error))
            else:
                return value
        raise Invalid(", or ".join(rules))


class All:
    """Several kinds that apply one after another, each to the value that the previous one returned.

    voluptuous' own All stores the schema that compiles it. This one stores nothing, so that several schemas, a lenient
    one and a strict one, can share it. `name` and `descriptions` are those of an object, as in Schema.
    """

    def __init__(self, *kinds: Any, name: str = "", descriptions: Mapping[str, str] | None = None) -> None:
        self.kinds = kinds
        self.name = name
        self.descriptions = descriptions or {}

    def __voluptuous_compile__(self, schema: Schema) -> Validate:
        steps = [compile_kind(kind, schema) for kind in self.kinds]

        def validate(path: Path, value: object) -> Any:
            for step in steps:
                value = step(path, value)
            return value

        return validate


@dataclass(frozen=True)
class Ignored:
    """A field that the server sets. Clients may send it back as they got it, whatever its value; it is ignored.

    `kind` describes the value in responses.
    """

    kind: Any

    def __call__(self, value: object) -> object:
        return value


MAX_COMPARED_LENGTH = 100  # characters of an unknown name; comparing long names takes long


class UnknownName(Invalid):
    """The error for a field that the schema does not declare."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__("is not a known name")
        self._name, self._known = name[:MAX_COMPARED_LENGTH], known

    def describe(self) -> str:
        """Return the rule, with the most similar known name. Finding it takes long, so only listed errors need it."""
        from difflib import get_close_matches  # needed for errors only, and would make every cold start slower

        for name in (self._name, self._name.lower()):
            if similar := get_close_matches(name, self._known, n=1):
                return f"{self.error_message}; did you mean {similar[0]}?"
        return str(self.error_message)


class UnknownField:
    """The key of a field that the schema does not declare. It is refused."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known

    def __call__(self, name: str) -> str:
        raise UnknownName(name, self.known)


def json_object(value: object) -> dict[str, Any]:
    """Return the value if it is a JSON object, whatever its fields. Raises voluptuous.Invalid."""
    if not isinstance(value, dict):
        raise Invalid("must be an object")
    if len(value) > MAX_FIELDS:
        raise Invalid(f"must have at most {MAX_FIELDS} fields, not {len(value)}")
    return value


def object_fields(fields: Mapping[str, Any], required: Collection[str] = ()) -> dict[Any, Any]:
    """Return the voluptuous declaration of an object with these fields and no others."""
    declared: dict[Any, Any] = {}
    for name, kind in fields.items():
        key = Required(name, msg="is required") if name in required else Optional(name)
        declared[key] = kind
    return declared | {UnknownField(fields): object}


def nested_object(
    name: str, fields: Mapping[str, Any], required: Collection[str] = (), *, descriptions: Mapping[str, str]
) -> All:
    """Return the kind of an object within another one, with its public name and a sentence about each field."""
    return All(json_object, object_fields(fields, required), name=name, descriptions=descriptions)


def object_members(kind: All) -> dict[str, Any]:
    """Return the fields of an object within another, which `nested_object` or `named_object` declared."""
    return {str(key.schema): member for key, member in kind.kinds[-1].items() if isinstance(key, Marker)}


def named_object(name: str, kind: Callable[[object], str], description: str) -> All:
    """Return the kind of an object `{"name": ...}`, for which clients may send the name alone.

    `name` is the public name of the object, and `description` a sentence about its field.
    """
    declared = object_fields({"name": kind}, required={"name"})
    return All(_wrap_name, json_object, declared, name=name, descriptions={"name": description})


def _wrap_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


@dataclass(frozen=True)
class ListOf:
    """An array of values of one kind. Unlike voluptuous' own list, it reports every wrong element.

    `most` is the largest number of elements that a client may send. It is checked before any of them is.
    """

    kind: Any
    unique: bool = False  # drop repeated elements
    most: int | None = None

    def __voluptuous_compile__(self, schema: Schema) -> Validate:
        validate_element = compile_kind(self.kind, schema)

        def validate(path: Path, value: object) -> list[Any]:
            if not isinstance(value, list):
                raise Invalid("must be an array", path)
            if self.most is not None and len(value) > self.most:
                raise Invalid(f"must have at most {self.most} elements, not {len(value)}", path)
            elements = _validate_elements(validate_element, path, value)
            return _without_repetitions(elements) if self.unique else elements

        return validate


@dataclass(frozen=True)
class OneOrMany(ListOf):
    """An array of different values of one kind. A client may also send a single value alone, and null for none."""

    unique: bool = True

    def __voluptuous_compile__(self, schema: Schema) -> Validate:
        validate_array = super().__voluptuous_compile__(schema)
        validate_element = compile_kind(self.kind, schema)

        def validate(path: Path, value: object) -> list[Any]:
            if value is None:
                return []
            if isinstance(value, list):
                elements: list[Any] = validate_array(path, value)
                return elements
            return [validate_element(path, value)]

        return validate


def _validate_elements(validate: Validate, path: Path, values: list[Any]) -> list[Any]:
    """Return the clean elements of an array.

    Raises MultipleInvalid with the errors of all elements, or of those before MAX_COUNTED_ERRORS was reached.
    """
    elements: list[Any] = []
    problems: list[Invalid] = []
    for index, value in enumerate(values):
        try:
            elements.append(validate([*path, index], value))
        except MultipleInvalid as error:
            problems.extend(error.errors)
            if len(problems) >= MAX_COUNTED_ERRORS:
                break
    if problems:
        raise MultipleInvalid(problems)
    return elements


def _without_repetitions(elements: list[Any]) -> list[Any]:
    unique: list[Any] = []
    for element in elements:
        if element not in unique:
            unique.append(element)
    return unique
