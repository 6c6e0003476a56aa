"""Shapes as the components that operations refer to."""

from chalicelib.validation.containers import Ignored, OneOrMany
from chalicelib.validation.schema import Schema
from infra.openapi.kinds import SCHEMAS, JsonSchema, accepted, answered


def components() -> dict[str, JsonSchema]:
    """Every shape under its name: as it is answered, in part where a client may ask for that, and as it is accepted."""
    found: dict[str, JsonSchema] = {}
    for name, shape in SCHEMAS.items():
        if shape.read_only or "id" in shape.fields:
            found[name] = answer(shape)
        if shape.fields:
            found[f"{name}Input"] = body(shape)
            found[f"{name}Update"] = {key: value for key, value in body(shape).items() if key != "required"}
    found["ActionPart"] = {key: value for key, value in found["Action"].items() if key != "required"}
    return found


def answer(shape: Schema) -> JsonSchema:
    """An object as it is answered, with all of its fields."""
    own = {name: kind for name, kind in shape.fields.items() if name not in shape.aliases}
    members = {name: answered(kind) for name, kind in (own | shape.read_only).items()}
    return {"type": "object", "properties": members, "required": sorted(members.keys() - shape.optional_in_response)}


def body(shape: Schema) -> JsonSchema:
    """An object as it is accepted; what the server owns may be sent back."""
    members = {name: accepted(kind) for name, kind in shape.fields.items()}
    echoed = {name: accepted(Ignored(kind)) for name, kind in shape.read_only.items()}
    schema = {"type": "object", "properties": members | echoed, "additionalProperties": shape.is_lenient}
    schema |= {"required": sorted(shape.required)} if shape.required else {}
    return schema | _some(shape)


def _some(shape: Schema) -> JsonSchema:
    """That one of several fields has to be there, by any of its names, and not empty."""
    if not shape.required_choice:
        return {}
    names = {name: [name, *_spellings(shape, name)] for name in shape.required_choice.names}
    given = [{"anyOf": [{"required": [name]} | _filled(shape, name) for name in many]} for many in names.values()]
    # Makers of clients take a schema with oneOf for a union of types; what stands behind "not" they let be.
    return {"not": {"not": {"oneOf" if shape.required_choice.only_one else "anyOf": given}}}


def _spellings(shape: Schema, name: str) -> list[str]:
    return [other for other, meant in shape.aliases.items() if meant == name]


def _filled(shape: Schema, name: str) -> JsonSchema:
    return {"properties": {name: {"not": {"enum": [[], None]}}}} if isinstance(shape.fields[name], OneOrMany) else {}
