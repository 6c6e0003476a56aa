"""Types as JSON Schema (2020-12), twice: as answers contain them, and as requests may contain them, which is wider."""

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from importlib import import_module
from typing import Any

from voluptuous import Required

from chalicelib import schemas
from chalicelib.domain.ogsm import nouns, plan_schema
from chalicelib.validation.containers import All, AnyOf, Ignored, ListOf, Nullable, OneOrMany, object_members
from chalicelib.validation.schema import PartOf, Schema

JsonSchema = dict[str, Any]
ANY_OBJECT = {"type": "object", "additionalProperties": True}
IGNORED = {
    "Ignored": {
        "description": "The service sets this field. Clients may send it back, whatever its value: it is ignored."
    }
}


def find_schemas() -> dict[str, Schema]:
    """Return the named schemas of chalicelib.schemas, of the OGSM nouns and of plans by their name.

    Raises ValueError for a name that is used twice.
    """
    modules = [module.name for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}.")]
    modules.append(plan_schema.__name__)
    declared = [(module, value) for module in modules for value in vars(import_module(module)).values()]
    return index_by_name([*declared, *((nouns.__name__, noun.schema) for noun in nouns.NOUNS)])


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


def reference(name: str) -> JsonSchema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def describe_properties(
    fields: Mapping[str, Any], descriptions: Mapping[str, str], describe: Callable[[Any], JsonSchema]
) -> JsonSchema:
    """Return the JSON Schemas of fields with a sentence about each. Raises LookupError for a field without one."""
    properties = {}
    for name, kind in fields.items():
        if name not in descriptions:
            raise LookupError(f"Nothing says what {name!r} is. Add a sentence to the `descriptions` of its schema.")
        schema = describe(kind)
        properties[name] = (
            schema
            if isinstance(kind, Ignored) and describe is request_schema
            else schema | {"description": descriptions[name]}
        )
    return properties


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
    return reference(kind.name)


@response_schema.register
def _(kind: PartOf) -> JsonSchema:
    return {"anyOf": [reference(kind.shape.name), reference(f"{kind.shape.name}Part")]}


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
def _(kind: AnyOf) -> JsonSchema:
    return {"anyOf": [one for each in kind.kinds for one in _alternatives(response_schema(each))]}


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
    return reference(kind.name) if kind.name else ANY_OBJECT


@request_schema.register
def _(kind: All) -> JsonSchema:
    if not kind.name:
        return ANY_OBJECT
    described = reference(f"{kind.name}Input")
    if len(kind.kinds) == 2:
        return described
    return {"anyOf": [described, request_schema(object_members(kind)["name"])]}  # the name alone is accepted too


def describe_nested_object(kind: All, describe: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the component of an object within another, as answers or as requests contain it."""
    members = object_members(kind)
    schema: JsonSchema = {"type": "object", "properties": describe_properties(members, kind.descriptions, describe)}
    if describe is response_schema:
        return schema | {"required": sorted(members)}
    required = sorted(str(key.schema) for key in kind.kinds[-1] if isinstance(key, Required))
    return schema | {"additionalProperties": False} | ({"required": required} if required else {})


@response_schema.register
def _(kind: Ignored) -> JsonSchema:
    return response_schema(kind.kind)


@request_schema.register
def _(_: Ignored) -> JsonSchema:
    return reference("Ignored")
