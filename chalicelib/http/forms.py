"""Form-encoded bodies in bracket notation: `status[name]=doing&labels[][name]=a&labels[][name]=b`.

The elements of an array may have indexes instead, as in `labels[0][name]=a`. These only tell the order, so they may
come in any order and leave numbers out. A form has no null and no empty array, so an empty value means null, and
`labels[]=` or `labels[0]=` alone means an empty array.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from chalicelib import errors
from chalicelib.validation.bounds import MAX_DEPTH, MAX_FORM_FIELDS, MAX_NAME_LENGTH

Form = dict[str, Any]
_INDEX = re.compile("0|[1-9][0-9]{0,8}")


def parse_form(text: str) -> Form:
    """Return the object that a form-encoded body describes. Raises errors.BadRequest."""
    if text.count("&") >= MAX_FORM_FIELDS:
        raise errors.BadRequest(f"The form-encoded body has more than {MAX_FORM_FIELDS} fields.")
    form: Form = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise errors.BadRequest("The form-encoded body is not valid UTF-8.") from None
    for name, value in pairs:
        _set_value(form, _split_name(name), value or None, name)
    return {name: _order_arrays(value) for name, value in form.items()}


def _split_name(name: str) -> list[str]:
    """Return the keys in a name: `labels[][name]` has `labels`, an empty one and `name`."""
    if name.count("[") >= MAX_DEPTH:
        raise errors.BadRequest(f"A field in the form-encoded body is more than {MAX_DEPTH} levels deep.")
    if len(name) > MAX_NAME_LENGTH:
        raise errors.BadRequest(f"A field name in the form-encoded body has more than {MAX_NAME_LENGTH} characters.")
    match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", name)
    if not match or "[][]" in name:
        raise errors.BadRequest(f"The field {name!r} in the form-encoded body is not in bracket notation.")
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _set_value(parent: Form, keys: list[str], value: str | None, name: str) -> None:
    key, *rest = keys
    if not rest:
        if key in parent:
            raise errors.BadRequest(f"The field {name!r} is given twice in the form-encoded body.")
        parent[key] = value
    elif rest[0] == "":
        _append_value(_get_or_create(parent, key, list, name), rest[1:], value, name)
    else:
        _set_value(_get_or_create(parent, key, dict, name), rest, value, name)


def _append_value(array: list[Any], keys: list[str], value: str | None, name: str) -> None:
    if not keys:
        if value is not None:
            array.append(value)
        return
    last_accepts_it = array and isinstance(array[-1], dict) and not _has_value(array[-1], keys)
    if not last_accepts_it:  # a field that the last element already has starts the next element
        array.append({})
    _set_value(array[-1], keys, value, name)


def _has_value(parent: Any, keys: list[str]) -> bool:
    key, *rest = keys
    if not isinstance(parent, dict) or key not in parent:
        return False
    return not rest or rest[0] == "" or _has_value(parent[key], rest)


def _order_arrays(value: Any) -> Any:
    """Return a value with arrays in place of the objects whose names are all indexes."""
    if isinstance(value, list):
        return [_order_arrays(element) for element in value]
    if not isinstance(value, dict):
        return value
    if not all(map(_INDEX.fullmatch, value)):
        return {name: _order_arrays(one) for name, one in value.items()}
    elements = (value[index] for index in sorted(value, key=int))
    return [_order_arrays(element) for element in elements if element is not None]


def _get_or_create(parent: Form, key: str, kind: type, name: str) -> Any:
    child = parent.setdefault(key, kind())
    if not isinstance(child, kind):
        raise errors.BadRequest(f"The field {name!r} in the form-encoded body has two different types.")
    return child
