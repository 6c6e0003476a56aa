"""Path variables: the kinds of value that a path may contain, and the kind of each variable.

The noun that introduces a variable declares it, in its route module:
`routes = Routes(__name__, path_variables={"comment_id": NUMBER})`. Routes of other nouns use it by its name.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.domain.accounts import credentials
from chalicelib.schemas.users import USER_ID as USER_ID_TYPE
from chalicelib.validation.bounds import MAX_PATH_PART_LENGTH

MAX_NUMBER = 9_999_999_999_999_999


class PathVariable(NamedTuple):
    """A kind of value in a path. Its text has to match `pattern` as a whole."""

    pattern: str
    parse: Callable[[str], Any] = str
    schema: Mapping[str, Any] | None = None  # JSON Schema; None derives it from the pattern
    description: str = ""
    suffix: str = ""  # what the documented address of an object has after the value
    is_checked: bool = True  # False passes any text to the view, which then answers 404 itself

    def read(self, text: str) -> Any:
        """Return the value of the text in a path. Raises errors.NotFound if no such object can exist."""
        if self.is_checked and not re.fullmatch(self.pattern, text):
            raise errors.NotFound("There is nothing at this address.")
        return self.parse(text)

    @property
    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the text."""
        schema = self.schema or {"type": "string", "pattern": f"^{self.pattern}$"}
        return {**schema} | ({"description": self.description} if self.description else {})


def _read_day(text: str) -> str:
    """Return the day of a text that may end with `.json`. Raises errors.NotFound if the calendar does not have it."""
    day = text.removesuffix(".json")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise errors.NotFound(f"There is nothing at this address: the calendar has no day {day}.") from None
    return day


NUMBER = PathVariable("[1-9][0-9]{0,15}", int, {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER})
# API Gateway has no path part `{action_id}.json`, so the variable of a documented `.json` path includes the suffix.
NUMBER_WITH_JSON = PathVariable(
    r"[1-9][0-9]{0,15}(\.json)?", lambda text: int(text.removesuffix(".json")), suffix=".json"
)
DAY_WITH_JSON = PathVariable(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.json)?", _read_day, suffix=".json")
USER_ID = PathVariable(USER_ID_TYPE.regex)
SLUG_OR_ID = PathVariable(f"[a-z0-9-]{{1,{MAX_PATH_PART_LENGTH}}}", description="slug or id")
CREDENTIAL_ID = PathVariable(credentials.KEY_PATTERN.pattern)
HEX_24 = PathVariable("[0-9a-f]{24}")
ANY_TEXT = PathVariable(
    f"(?s:.{{1,{MAX_PATH_PART_LENGTH}}})", str, {"type": "string", "maxLength": MAX_PATH_PART_LENGTH}
)
LINK_TOKEN = PathVariable("[A-Za-z0-9_-]{1,100}", is_checked=False)  # a page explains that a link no longer works

PATH_VARIABLES: dict[str, PathVariable] = {}


def read_path_values(texts: Mapping[str, str], *, are_ignored: bool = False) -> dict[str, Any]:
    """Return the values of the variables in a path, or none if they mean nothing. Raises errors.NotFound."""
    if are_ignored:
        for text in texts.values():
            ANY_TEXT.read(text)
        return {}
    return {name: PATH_VARIABLES[name].read(text) for name, text in texts.items()}


def declare_path_variables(module: str, variables: Mapping[str, PathVariable]) -> None:
    """Declare the kinds of a noun's path variables. Raises ValueError if another noun declared one differently."""
    for name, kind in variables.items():
        if PATH_VARIABLES.setdefault(name, kind) != kind:
            raise ValueError(f"{module} declares the path variable {name!r}, but another module declares another kind.")


def require_declared(path: str) -> None:
    """Raises LookupError if no noun declared a variable of this path."""
    for name in variable_names(path):
        if name not in PATH_VARIABLES:
            raise LookupError(
                f"The path {path} uses the variable {name!r}, which no noun declares. Declare it in the route "
                f"module of its noun: Routes(__name__, path_variables={{{name!r}: NUMBER}}). "
                f"Under /api/v2 the kind is NUMBER_WITH_JSON."
            )


def variable_names(path: str) -> list[str]:
    """Return the names of a path's variables, in their order."""
    return re.findall(r"\{(\w+)\}", path)
