"""Types as JSON Schema (2020-12), twice: as answers contain them, and as requests may contain them, which is wider."""

import pkgutil
from collections.abc import Callable, Iterable
from functools import singledispatch
from importlib import import_module
from typing import Any

from voluptuous import Marker

from chalicelib import schemas
from chalicelib.validation.containers import All, AnyOf, Ignored, ListOf, Nullable, OneOrMany, UnknownField
from chalicelib.validation.schema import PartOf, Schema

JsonSchema = dict[str, Any]
ECHO = {"description": "may be sent back and means nothing"}


def find_schemas() -> dict[str, Schema]:
    """Return the named schemas of chalicelib.schemas by their name. Raises ValueError for a name that is used twice."""
    modules = [module.name for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}.")]
    return index_by_name((module, value) for module in modules for value in vars(import_module(module)).values())


def index_by_name(values: Iterable[tuple[str, object]]) -> dict[str, Schema]:
    """Return the named schemas among values, each of which comes with its module. Raises ValueError as find_schemas."""
    by_name: dict[str, Schema] = {}
    for module, value in values:
        if isinstance(value, Schema) and value.name and by_name.setdefault(value.name, value) is not value:
            raise ValueError(
                f"{module} has a second schema named {value.name!r}. Give it a name of its own: "
                f"the first argument of Schema in {module}."
            )
    return by_name


def reference(schema: Schema, suffix: str = "") -> JsonSchema:
    """Return a reference to a schema's component."""
    return {"$ref": f"#/components/schemas/{schema.name}{suffix}"}


@singledispatch
def response_schema(kind: Any) -> JsonSchema:
    """Return the JSON Schema of a type in an answer."""
    return request_schema(kind)


@singledispatch
def request_schema(kind: Any) -> JsonSchema:
    """Return the JSON Schema of a type in a request."""
    raise TypeError(
        f"Nothing describes {kind!r} yet. Register a function for its class in infra/openapi/field_types.py."
    )


@response_schema.register
def _(kind: Schema) -> JsonSchema:
    return reference(kind)


@response_schema.register
def _(kind: PartOf) -> JsonSchema:
    return {"anyOf": [reference(kind.shape), reference(kind.shape, "Part")]}


@response_schema.register
def _(kind: Nullable) -> JsonSchema:
    return _or_null(response_schema(kind.kind))


@request_schema.register
def _(kind: Nullable) -> JsonSchema:
    return _or_null(request_schema(kind.kind))


@request_schema.register
def _(kind: AnyOf) -> JsonSchema:
    return {"anyOf": [one for each in kind.kinds for one in _alternatives(request_schema(each))]}


def _alternatives(schema: JsonSchema) -> list[JsonSchema]:
    return schema.get("anyOf") or [schema]


def _or_null(schema: JsonSchema) -> JsonSchema:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


@response_schema.register
def _(kind: ListOf) -> JsonSchema:
    return {"type": "array", "items": response_schema(kind.kind)}


@request_schema.register
def _(kind: ListOf) -> JsonSchema:
    array = {"type": "array", "items": request_schema(kind.kind)}
    return array if kind.most is None else array | {"maxItems": kind.most}


@request_schema.register
def _(kind: OneOrMany) -> JsonSchema:
    array: JsonSchema = {"type": "array", "items": request_schema(kind.kind)}
    if kind.most is not None:
        array |= {"maxItems": kind.most}
    return {"anyOf": [array, request_schema(kind.kind), {"type": "null"}]}


@response_schema.register
def _(kind: All) -> JsonSchema:
    return _object_schema(kind.kinds[-1], response_schema)


@request_schema.register
def _(kind: All) -> JsonSchema:
    described = _object_schema(kind.kinds[-1], request_schema)
    if len(kind.kinds) == 2:
        return described
    return {"anyOf": [described, described["properties"]["name"]]}  # the name alone is accepted too


def _object_schema(declared: dict[Any, Any], describe: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the JSON Schema of an object within another, from the voluptuous declaration of its members."""
    members = {key.schema: kind for key, kind in declared.items() if isinstance(key, Marker)}
    refuses_unknown = any(isinstance(key, UnknownField) for key in declared)
    required = sorted(str(key.schema) for key in declared if type(key).__name__ == "Required")
    if describe is response_schema:
        required = sorted(members)
    schema: JsonSchema = {"type": "object", "properties": {name: describe(kind) for name, kind in members.items()}}
    closed = {"additionalProperties": False} if refuses_unknown and describe is request_schema else {}
    return schema | closed | ({"required": required} if required else {})


@response_schema.register
def _(kind: Ignored) -> JsonSchema:
    return response_schema(kind.kind)


@request_schema.register
def _(_: Ignored) -> JsonSchema:
    return ECHO
