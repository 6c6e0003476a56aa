"""Comments: /api/activities/{id}/comments and /api/comments."""

from chalicelib.domain.activities import comments
from chalicelib.domain.activities.comments import CommentView
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.items import PEOPLE
from chalicelib.schemas.comments import COMMENT
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.serializers.comments import serialize_comments
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
OF_ACTIVITY = "/api/activities/{activity_id}/comments"
ONE = "/api/comments/{comment_id}"


def _shown(request: ApiRequest, said: CommentView) -> str:
    return serialize_comments(said.activity, {said.id: said.text}, said.people, request.addresses)[0]


@routes.get(OF_ACTIVITY, query=LIST_PARAMETERS, answers=ListOf(COMMENT))
def list_comments(request: ApiRequest, activity_id: int) -> ApiResponse:
    """Returns the comments on an activity, the oldest first."""
    window, after = paging.read_window(request.query), paging.read_cursor(request.query, int)

    def read() -> paging.Page:
        entries = comments.read_entries(request.caller, activity_id, after, window.reach)
        return paging.take_page(entries, window, extra=PEOPLE)

    part, people = comments.list_comments(request.caller, activity_id, read)
    return paging.page_response(
        request, part, serialize_comments(activity_id, dict(part.entries), people, request.addresses)
    )


@routes.post(OF_ACTIVITY, body=COMMENT, answers=COMMENT, statuses=(201,))
def create_comment(request: ApiRequest, activity_id: int) -> Change[ApiResponse]:
    """Comments on an activity. Returns the comment."""
    change = comments.create_comment(request.caller, activity_id, request.body)
    location = request.href(f"/api/comments/{change.answer.id}")
    return change.with_answer(ApiResponse(_shown(request, change.answer), 201, {"Location": location}))


@routes.get(ONE, answers=COMMENT)
def get_comment(request: ApiRequest, comment_id: int) -> str:
    """Returns a comment."""
    return _shown(request, comments.get_comment(request.caller, comment_id))


@routes.patch(ONE, body=COMMENT, answers=COMMENT)
def update_comment(request: ApiRequest, comment_id: int) -> Change[str]:
    """Changes what your comment says. Returns the comment."""
    change = comments.update_comment(request.caller, comment_id, request.body)
    return change.with_answer(_shown(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS, statuses=(204,))
def delete_comment(request: ApiRequest, comment_id: int) -> Change[ApiResponse]:
    """Removes your comment."""
    return comments.delete_comment(request.caller, comment_id).with_answer(ApiResponse("", 204))
