"""Cursors: the position at which a page of a list ended, as opaque text in the `Link` header.

A cursor names the account, the list and the order that it was made for, and is refused for any other. It is not signed,
because a cursor that somebody makes up does no harm: each list requires that the position is one of its own, and so all
that can be chosen is the place where a list that the caller may read goes on.
"""

from typing import Any

from chalicelib import errors
from chalicelib.http.request import ApiRequest
from chalicelib.validation.types import Cursor

NAME_ANOTHER_LIST = ("workspace_id", "at")  # parameters with which it is another list


def write_cursor(request: ApiRequest, position: object, path: str = "") -> str:
    """Return the cursor with which the list of a request, or an unsorted list at a path, goes on after a position."""
    parts = [request.caller.account, path, []] if path else _name_list(request)
    return Cursor.write([*parts, position])


def require_own_cursor(request: ApiRequest) -> None:
    """Raise errors.WrongCursor if the cursor of a request was made for another list, account or order."""
    if "cursor" in request.query and request.query["cursor"][:-1] != _name_list(request):
        raise errors.WrongCursor


def read_cursor(request: ApiRequest, *kinds: type) -> Any:
    """Return the position after which the list of a request goes on, or None without a cursor.

    Raises errors.WrongCursor if the position is not of one of these types.
    """
    if "cursor" not in request.query:
        return None
    position = request.query["cursor"][-1]
    if type(position) not in kinds:
        raise errors.WrongCursor
    return position


def _name_list(request: ApiRequest) -> list[object]:
    others = [f"{name}={request.query[name]}" for name in NAME_ANOTHER_LIST if name in request.query]
    path = f"{request.path}?{'&'.join(others)}" if others else request.path
    return [request.caller.account, path, list(request.query.get("sort", ()))]
