"""The documented objects of the OGSM API. They are stored as they are answered, so there is nothing to convert."""

from collections.abc import Collection

from chalicelib.json_text import JsonObject


def select_fields(document: JsonObject, fields: Collection[str] | None) -> JsonObject:
    """Return the named fields of an object in their documented order, or all fields if None are named."""
    if fields is None:
        return document
    return {name: value for name, value in document.items() if name in fields}
