"""Form-encoded bodies in the usual bracket notation: `status[name]=doing&labels[][name]=a&labels[][name]=b`.

A form knows neither null nor an empty array: an empty value is null, and `labels[]=` alone an empty array.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from chalicelib import errors

Form = dict[str, Any]
MAX_DEPTH = 16


def parse_form(text: str) -> Form:
    """The object that a form-encoded body stands for. Raises errors.BadRequest."""
    form: Form = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise errors.BadRequest("the form-encoded body is not valid UTF-8") from None
    for name, value in pairs:
        _put(form, _steps(name), value or None, name)
    return form


def _steps(name: str) -> list[str]:
    match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", name)
    if not match or "[][]" in name:
        raise errors.BadRequest(f"{name!r} in the form-encoded body is not in bracket notation")
    steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(steps) > MAX_DEPTH:
        raise errors.BadRequest(f"{name!r} in the form-encoded body is more than {MAX_DEPTH} levels deep")
    return steps


def _put(holder: Form, steps: list[str], value: str | None, name: str) -> None:
    key, *rest = steps
    if not rest:
        if key in holder:
            raise errors.BadRequest(f"{name!r} stands twice in the form-encoded body")
        holder[key] = value
    elif rest[0] == "":
        _append(_inner(holder, key, list, name), rest[1:], value, name)
    else:
        _put(_inner(holder, key, dict, name), rest, value, name)


def _append(array: list[Any], steps: list[str], value: str | None, name: str) -> None:
    if steps and not (array and isinstance(array[-1], dict) and not _has(array[-1], steps)):
        array.append({})  # a field that the last element has already begins the next one
    if steps:
        _put(array[-1], steps, value, name)
    elif value is not None:
        array.append(value)


def _has(holder: Any, steps: list[str]) -> bool:
    key, *rest = steps
    return isinstance(holder, dict) and key in holder and (not rest or rest[0] == "" or _has(holder[key], rest))


def _inner(holder: Form, key: str, kind: type, name: str) -> Any:
    inner = holder.setdefault(key, kind())
    if not isinstance(inner, kind):
        raise errors.BadRequest(f"{name!r} in the form-encoded body stands for two different kinds of value")
    return inner
