"""The documented objects of the OGSM API: what all of its nouns have in common."""

from chalicelib import errors, json_text
from chalicelib.json_text import JsonObject
from chalicelib.validation.schema import Schema


def default_document(schema: Schema, **defaults: object) -> JsonObject:
    """Return a new object with all fields of a schema, in their documented order. A field without a default is null.

    Raises ValueError if the schema does not have a field, as soon as the module of the noun is imported.
    """
    unknown = ", ".join(sorted(defaults.keys() - schema.fields.keys()))
    if unknown:
        raise ValueError(f"The schema {schema.name} has no field {unknown}. Remove its default.")
    return {name: defaults.get(name) for name in schema.fields}


def is_same_document(one: JsonObject | None, other: JsonObject | None) -> bool:
    """Return whether two objects are answered with the same text. 5 and 5.0 are equal, but not the same."""
    return one == other and json_text.dump(one) == json_text.dump(other)


def require_same_id(fields: JsonObject, object_id: int) -> None:
    """Raise Invalid if the fields have an id other than the object's, as a number or as text."""
    if str(fields.get("id", object_id)) != str(object_id):
        raise errors.Invalid([{"pointer": "#/id", "detail": f"must be {object_id}, as in the path; ids never change"}])
