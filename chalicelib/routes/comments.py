"""Comments: /api/activities/{id}/comments and /api/comments."""

from chalicelib.domain.activities import comments
from chalicelib.domain.activities.comments import CommentView
from chalicelib.http import paging
from chalicelib.http.cursors import read_cursor
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.comments import COMMENT
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.serializers.comments import serialize_comments
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"comment_id": NUMBER})
OF_ACTIVITY = "/api/activities/{activity_id}/comments"
ONE = "/api/comments/{comment_id}"


def _serialize(request: ApiRequest, comment: CommentView) -> str:
    return serialize_comments(comment.activity, [comment.text], comment.people, request.addresses)[0]


@routes.get(OF_ACTIVITY, query=LIST_PARAMETERS, answers=ListOf(COMMENT))
def list_comments(request: ApiRequest, activity_id: int) -> ApiResponse:
    """Returns the comments on an activity, oldest first."""
    window, position = paging.read_window(request.query), read_cursor(request, int)

    def read_page() -> paging.Page:
        entries = comments.read_entries(request.caller, activity_id, position, window.limit)
        return paging.take_page(entries, window, extra=paging.PEOPLE_BYTES)

    page, people = comments.list_comments(request.caller, activity_id, read_page)
    texts = serialize_comments(activity_id, page.texts, people, request.addresses)
    return paging.page_response(request, page, texts)


@routes.post(OF_ACTIVITY, body=COMMENT, body_example="sent_comment", answers=COMMENT, creates=ONE)
def create_comment(request: ApiRequest, activity_id: int) -> Change[str]:
    """Adds a comment to an activity. Returns the comment."""
    change = comments.create_comment(request.caller, activity_id, request.body)
    return change.with_answer(_serialize(request, change.answer))


@routes.get(ONE, history="comment", answers=COMMENT)
def get_comment(request: ApiRequest, comment_id: int) -> str:
    """Returns a comment."""
    return _serialize(request, comments.get_comment(request.caller, comment_id))


@routes.patch(ONE, body=COMMENT, body_example="sent_comment", answers=COMMENT)
def update_comment(request: ApiRequest, comment_id: int) -> Change[str]:
    """Changes the text of your comment. Returns the comment."""
    change = comments.update_comment(request.caller, comment_id, request.body)
    return change.with_answer(_serialize(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS)
def delete_comment(request: ApiRequest, comment_id: int) -> Change[None]:
    """Deletes your comment."""
    return comments.delete_comment(request.caller, comment_id)
