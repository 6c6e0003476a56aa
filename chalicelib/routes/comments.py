"""Comments: /api/activities/{id}/comments and /api/comments."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import comments
from chalicelib.domain.comments import Said
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.nouns import COMMENT
from chalicelib.routes.items import PEOPLE
from chalicelib.schemas import LIST, REMOVAL
from chalicelib.storage.changes import Change

routes = Routes(__name__)
OF_ACTIVITY = "/api/activities/{activity_id}/comments"
ONE = "/api/comments/{comment_id}"


def _shown(call: Call, said: Said) -> str:
    return render.comments(said.activity, {said.id: said.text}, said.people, call.addresses)[0]


@routes.get(OF_ACTIVITY, query=LIST, answers=Each(COMMENT))
def list_comments(call: Call, activity_id: int) -> Reply:
    """Returns the comments on an activity, the oldest first."""
    window, after = paging.asked(call.query), paging.after(call.query, int)

    def read() -> paging.Cut:
        entries = comments.entries_of(call.caller, activity_id, after, window.reach)
        return paging.cut(entries, window, extra=PEOPLE)

    part, people = comments.listing(call.caller, activity_id, read)
    return paging.reply(call, part, render.comments(activity_id, dict(part.entries), people, call.addresses))


@routes.post(OF_ACTIVITY, body=COMMENT, answers=COMMENT, statuses=(201,))
def create_comment(call: Call, activity_id: int) -> Change[Reply]:
    """Comments on an activity. Returns the comment."""
    change = comments.create(call.caller, activity_id, call.body)
    location = call.href(f"/api/comments/{change.answer.id}")
    return change.answering(Reply(_shown(call, change.answer), 201, {"Location": location}))


@routes.get(ONE, answers=COMMENT)
def get_comment(call: Call, comment_id: int) -> str:
    """Returns a comment."""
    return _shown(call, comments.show(call.caller, comment_id))


@routes.patch(ONE, body=COMMENT, answers=COMMENT)
def update_comment(call: Call, comment_id: int) -> Change[str]:
    """Changes what your comment says. Returns the comment."""
    change = comments.update(call.caller, comment_id, call.body)
    return change.answering(_shown(call, change.answer))


@routes.delete(ONE, query=REMOVAL, statuses=(204,))
def delete_comment(call: Call, comment_id: int) -> Change[Reply]:
    """Removes your comment."""
    return comments.delete(call.caller, comment_id).answering(Reply("", 204))
