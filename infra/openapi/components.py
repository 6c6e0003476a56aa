"""Shapes as the components that operations refer to."""

from chalicelib.containers import Echoed, Several
from chalicelib.shapes import Shape
from infra.openapi.kinds import NAMES, SHAPES, Schema, accepted, answered


def components() -> dict[str, Schema]:
    """Every shape under its name: as it is answered, in part where a client may ask for that, and as it is accepted."""
    found: dict[str, Schema] = {}
    for shape in (one for one in SHAPES.values() if one.root == "#/"):
        name = NAMES[id(shape)]
        if shape.owned or "id" in shape.fields:
            found[name] = answer(shape)
        if shape.fields:
            found[f"{name}Input"] = body(shape)
            found[f"{name}Update"] = {key: value for key, value in body(shape).items() if key != "required"}
    found["ActionPart"] = {key: value for key, value in found["Action"].items() if key != "required"}
    return found


def answer(shape: Shape) -> Schema:
    """An object as it is answered, with all of its fields."""
    own = {name: kind for name, kind in shape.fields.items() if name not in shape.spellings}
    members = {name: answered(kind) for name, kind in (own | shape.owned).items()}
    return {"type": "object", "properties": members, "required": sorted(members.keys() - shape.unseen)}


def body(shape: Shape) -> Schema:
    """An object as it is accepted; what the server owns may be sent back."""
    members = {name: accepted(kind) for name, kind in shape.fields.items()}
    echoed = {name: accepted(Echoed(kind)) for name, kind in shape.owned.items()}
    schema = {"type": "object", "properties": members | echoed, "additionalProperties": False}
    schema |= {"required": sorted(shape.required)} if shape.required else {}
    return schema | _some(shape)


def _some(shape: Shape) -> Schema:
    """That one of several fields has to be there, by any of its names, and not empty."""
    if not shape.some:
        return {}
    names = {name: [name, *_spellings(shape, name)] for name in shape.some.names}
    given = [{"anyOf": [{"required": [name]} | _filled(shape, name) for name in many]} for many in names.values()]
    # Makers of clients take a schema with oneOf for a union of types; what stands behind "not" they let be.
    return {"not": {"not": {"oneOf" if shape.some.only_one else "anyOf": given}}}


def _spellings(shape: Shape, name: str) -> list[str]:
    return [other for other, meant in shape.spellings.items() if meant == name]


def _filled(shape: Shape, name: str) -> Schema:
    return {"properties": {name: {"not": {"enum": [[], None]}}}} if isinstance(shape.fields[name], Several) else {}
