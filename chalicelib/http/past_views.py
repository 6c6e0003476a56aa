"""Views of the past, for routes that declare `history` or `has_past`: objects at a time, and the changes of an object.

Few requests are about the past, so the modules that read it are imported by those.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from chalicelib import clock, errors, json_text
from chalicelib.http import paging
from chalicelib.http.cursors import read_cursor
from chalicelib.http.path_variables import variable_names
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.schemas.common import PAGING
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.storage.rows import Entry, TextEntry
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Timestamp

View = Callable[..., Any]

AT = "at"
HISTORY_PARAMETERS = parameters(limit=PAGING["limit"], cursor=PAGING["cursor"])
NOT_KEPT_ANY_MORE = (410,)  # of an answer about a time whose changes are no longer kept
ONE = {"limit": 1}  # with which the GET of a stack reads one item only


def with_at(query: Schema) -> Schema:
    """Return the schema of a query string with the parameter `at` as well."""
    return parameters(**query.fields, at=Timestamp("milliseconds"))


def history_path(path: str) -> str:
    """Return the path of the history of an object whose path this is."""
    return f"{path}/history{'.json' if path.startswith('/api/v2/') else ''}"


def show_past(view: View, kind: str, path: str) -> View:
    """Return the view of an object that answers a request with `at` itself. `kind` is the kind of the object's row."""
    variable = variable_names(path)[-1]

    @wraps(view)
    def show(request: ApiRequest, **path_values: Any) -> Any:
        if AT not in request.query:
            return view(request, **path_values)
        return _show_past_object(request, kind, variable, path_values)

    return show


def _show_past_object(request: ApiRequest, kind: str, variable: str, path_values: Mapping[str, Any]) -> ApiResponse:
    from chalicelib.domain.changes import past
    from chalicelib.domain.changes.objects import name_object
    from chalicelib.serializers.changes import serialize_image

    name = name_object(request.caller, kind, variable, path_values)
    found = past.get_past_object(request.caller, name, clock.read_milliseconds(request.query[AT]))
    text = serialize_image(found.row, found.around, request.addresses)
    fields = request.query.get("fields")
    return ApiResponse(json_text.dump(select_fields(json_text.load(text), fields)) if fields else text)


def build_history_view(view: View, kind: str, path: str) -> View:
    """Return the view of the history of an object whose view and path these are."""
    variable = variable_names(path)[-1]

    def list_history(request: ApiRequest, **path_values: Any) -> ApiResponse:
        return _list_history(request, view, (kind, variable), path_values)

    list_history.__module__ = view.__module__
    list_history.__name__ = f"{view.__name__}_history"
    list_history.__doc__ = "Return the changes of this object, the newest first."
    return list_history


def _list_history(
    request: ApiRequest, view: View, kind_and_variable: tuple[str, str], path_values: Mapping[str, Any]
) -> ApiResponse:
    from chalicelib.domain.changes import history
    from chalicelib.domain.changes.objects import name_object
    from chalicelib.serializers.changes import serialize_change

    name = name_object(request.caller, *kind_and_variable, path_values)
    position = read_cursor(request, str)

    def find_refusal() -> errors.NotFound | None:
        try:
            view(replace(request, query=ONE), **path_values)
        except errors.NotFound as error:
            return error
        return None

    def read_entries(limit: int | None) -> Iterator[TextEntry[str]]:
        found = history.list_history(request.caller, name, find_refusal, position, limit)
        return (Entry(one.position, serialize_change(one.change, request.addresses)) for one in found)

    return paging.list_response(request, read_entries)
