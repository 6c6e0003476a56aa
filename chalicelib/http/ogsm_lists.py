"""The lists of OGSM objects: as they are, or as they were at the time in the parameter `at`."""

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import objects
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.http import paging
from chalicelib.http.past_views import AT
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.json_text import JsonObject
from chalicelib.storage.rows import TextEntry


def list_response(request: ApiRequest, noun: OgsmNoun) -> ApiResponse:
    """Return the requested part of the list of a noun, as JSON or CSV."""

    def list_objects(caller: Caller, query: JsonObject, after: Any, limit: int | None) -> Iterator[TextEntry[Any]]:
        if AT not in query:
            return objects.list_objects(caller, noun, query, after, limit)
        from chalicelib.domain.changes import past_lists  # few requests need it, and it makes cold starts slower

        return past_lists.list_objects(caller, noun, query, after, limit)

    return paging.document_list_response(request, list_objects, noun.schema)
