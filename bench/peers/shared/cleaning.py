"""The kinds of value in an action, each made clean or refused with a ValueError that says the rule."""

import re
from datetime import date
from typing import Any

LARGEST = 2**53 - 1
HIGHEST_ROW = 9 * 10**15
STATUSES = {
    **{name.replace(" ", ""): name for name in ("icebox", "to do", "doing", "done")},
    "busy": "doing",
    "inprogress": "doing",
    "completed": "done",
}
LIGHTS = {"green": "green", "orange": "orange", "red": "red", "amber": "orange", "yellow": "orange"}


def text(value: Any, least: int = 0, most: int | None = None) -> str:
    """Text of that many characters; trimmed where it must not be blank."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if "\0" in value or re.search("[\ud800-\udfff]", value):
        raise ValueError("must be Unicode text without NUL")
    value = value.strip() if least else value
    if least and not value:
        raise ValueError("must not be blank")
    if most is not None and len(value) > most:
        raise ValueError(f"must be at most {most} characters")
    return value


def whole(value: Any, least: int = -LARGEST, most: int = LARGEST) -> int:
    """A whole number, also as digits in a string."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return value


def flag(value: Any) -> bool:
    """True or false, also as a string."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def day(value: Any) -> str:
    """A real date."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be a date, YYYY-MM-DD")
    date.fromisoformat(value)
    return value


def status(value: Any) -> str:
    """One of the four, however it is spelled."""
    return _chosen(value, STATUSES)


def light(value: Any) -> str:
    """One of the three colours, or another name of one."""
    return _chosen(value, LIGHTS)


def as_named(value: Any) -> Any:
    """The object for which a bare string stands."""
    return {"name": value} if isinstance(value, str) else value


def unique(values: list[Any]) -> list[Any]:
    """The values without repetitions, in their order."""
    return [one for at, one in enumerate(values) if one not in values[:at]]


def _chosen(value: Any, options: dict[str, str]) -> str:
    word = re.sub(r"[^a-z]", "", value.lower()) if isinstance(value, str) else ""
    if word not in options:
        raise ValueError(f"must be one of {', '.join(dict.fromkeys(options.values()))}")
    return options[word]
