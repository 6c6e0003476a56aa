"""Comments on activities. Everybody who sees an activity can read them; only their author can change them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents, visible_activity
from chalicelib.domain.activities.visible_activity import VIEW
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.json_text import JsonObject
from chalicelib.storage import restoring, table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row, StoredText
from chalicelib.storage.models.comments import Comment, CommentLookup
from chalicelib.storage.models.keys import require_id
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows, StoredEntry
from chalicelib.storage.unit_of_work import Change, Precondition

COMMENT_NOT_FOUND = "There is no such comment."


class StoredComments(Protocol):
    """Comments that were read, such as one page of a list."""

    @property
    def texts(self) -> Sequence[StoredText]:
        """The stored texts of the comments."""
        ...


T = TypeVar("T", bound=StoredComments)


class CommentView(NamedTuple):
    """A comment as stored text, and the people in it."""

    id: int
    activity: int
    text: StoredText
    people: People


def list_comments(caller: Caller, activity_id: int, read: Callable[[], T]) -> tuple[T, People]:
    """Return the comments that `read` returns, and their authors. Raises errors.NotFound.

    It checks that the caller may see the activity before it reads the comments, so that the time of a refusal does not
    tell how many there are. It checks again afterwards, because the deletion of the workspace may have begun meanwhile.
    """
    activity = visible_activity.read_activity(caller, activity_id)
    visible_activity.enter_activity(caller, activity, VIEW)
    comments = read()
    return comments, _read_people_if_visible(caller, activity, comments.texts)


def read_entries(
    caller: Caller, activity_id: int, after: int | None = None, limit: int | None = None
) -> Iterator[StoredEntry[int]]:
    """Return each comment on an activity by its id and as stored text, oldest first, without checking any permission.

    Start after the comment with the id `after`, and fetch at most `limit` comments in one request. Raises
    errors.WrongCursor if no comment can have the id.
    """
    position = None
    if after is not None:
        require_id(after)
        position = Comment.ref(caller.account, activity_id, after).position
    activity_comments = Comment.on_activity(caller.account, activity_id)
    return table.query_entries(activity_comments, Comment.read_entry, position, limit)


def get_comment(caller: Caller, comment_id: int) -> CommentView:
    """Return a comment on an activity that the caller may see. Raises errors.NotFound."""
    return _find_visible(caller, comment_id)[1]


def create_comment(caller: Caller, activity_id: int, fields: JsonObject) -> Change[CommentView]:
    """Comment on an activity. Raises errors.NotFound."""
    activity, comment_id = run_both(  # if the caller is refused, the new id stays unused
        lambda: visible_activity.read_activity(caller, activity_id),
        lambda: next_id(caller.account, "ids"),
    )
    people = _read_people_if_visible(caller, activity)
    now = clock.now()
    document = {"id": comment_id, "activity_id": activity_id, "body": fields["body"], "author": caller.user}
    document |= {"created_at": now, "updated_at": now}
    comment = Comment.at(caller.account, activity_id, comment_id, id=comment_id, doc=document)
    lookup = CommentLookup.at(
        caller.account, comment_id, activity=activity_id, author=caller.user, workspace=activity.workspace
    )
    change = _plan_mark_as_discussed(caller, activity)
    view = CommentView(comment_id, activity_id, comment.text, people)
    return change.and_save(comment, lookup).with_answer(view)


def _plan_mark_as_discussed(caller: Caller, activity: Activity) -> Change[None]:
    """Mark an activity as discussed when it gets its first comment.

    In any case require that it stays in its workspace until the comment is committed.
    """
    key = Activity.ref(caller.account, activity.id)
    moved = errors.Stale("The activity has just been moved.")
    preconditions = [
        workspaces.require_workspace_open(caller, activity.workspace, documents.ACTIVITY_NOT_FOUND),
        Precondition(key, Activity.is_in(activity.workspace), moved),
    ]
    if activity.discussed:
        return Change(None, preconditions=preconditions)
    activity.discussed = True
    return Change(None, [activity, copies.placement(caller, activity)], preconditions=preconditions)


def update_comment(caller: Caller, comment_id: int, fields: JsonObject) -> Change[CommentView]:
    """Change the body of a comment. Raises errors.NotFound, and errors.Forbidden for everybody but its author."""
    comment, view = _find_visible(caller, comment_id)
    _require_author(caller, comment)
    if fields.get("body", comment.body) == comment.body:
        return Change(view)
    comment.doc = comment.doc | fields | {"updated_at": clock.now()}
    return Change(CommentView(view.id, view.activity, comment.text, view.people), [comment])


def delete_comment(caller: Caller, comment_id: int) -> Change[None]:
    """Delete a comment. Raises errors.NotFound, and errors.Forbidden for everybody but its author."""
    comment, _ = _find_visible(caller, comment_id)
    _require_author(caller, comment)
    return Change(None, delete=_rows_of(caller, comment))


def plan_restoration(caller: Caller, rows: Rows, image: Comment, *, with_activity: bool) -> Change[None]:
    """Put a deleted comment back, with the row by which it is found under its id alone.

    `rows` has the activity with its workspace, what is stored under the key of the comment, and the tombstone of its
    deletion. Only the author may do so, but `with_activity` says that the comment was deleted along with its activity,
    which is restored as well. Raises errors.Conflict if the comment exists or the activity does not.
    """
    if not with_activity:
        _require_author(caller, image)
    if image.reference in rows:
        raise errors.Conflict("This comment exists again.")
    activity = rows.get(Activity.ref(caller.account, image.doc["activity_id"]))
    if activity is None or activity.deleted_by:
        raise errors.Conflict("The activity of this comment does not exist any more. Undo its deletion first.")
    context = workspaces.find_workspace(caller, activity.workspace, rows)
    visible_activity.require_permission(caller, activity, context, VIEW)
    comment = restoring.copy_deleted(image, rows)
    place = {"activity": activity.id, "author": comment.author, "workspace": activity.workspace}
    lookup = CommentLookup.at(caller.account, comment.id, **place)
    change = _plan_mark_as_discussed(caller, activity).and_save(comment, lookup)
    return change.with_preconditions(restoring.require_same_deletion(image, rows))


def read_comment_rows(caller: Caller, activity_id: int) -> list[list[Row]]:
    """Return the rows of all comments on an activity, one list for each comment, unchecked."""
    stored_comments = table.query(Comment.on_activity(caller.account, activity_id))
    return [_rows_of(caller, comment) for comment in stored_comments]


def _rows_of(caller: Caller, comment: Comment) -> list[Row]:
    """Return a comment and the row by which it is found under its id alone."""
    return [comment, CommentLookup.at(caller.account, comment.id)]


def _find_visible(caller: Caller, comment_id: int) -> tuple[Comment, CommentView]:
    """Return a comment on an activity that the caller may see. Raises errors.NotFound."""
    lookup = table.get(CommentLookup.ref(caller.account, comment_id))
    if lookup is None:
        raise errors.NotFound(COMMENT_NOT_FOUND)
    comment_ref = Comment.ref(caller.account, lookup.activity, comment_id)
    rows = table.get_many([comment_ref, *_refs_beside_comment(caller, lookup)])
    comment = rows.get(comment_ref)
    if comment is None:
        raise errors.NotFound(COMMENT_NOT_FOUND)
    try:
        people = _find_people_if_visible(caller, lookup, rows, comment.text)
    except errors.NotFound:  # the same words as for an unknown id, so as not to reveal that the comment exists
        raise errors.NotFound(COMMENT_NOT_FOUND) from None
    return comment, CommentView(comment_id, lookup.activity, comment.text, people)


def _refs_beside_comment(caller: Caller, lookup: CommentLookup) -> list[Ref[Row]]:
    """Return references to the activity, author and workspace of a comment, and to the caller's place there."""
    refs: list[Ref[Row]] = [Activity.ref(caller.account, lookup.activity)]
    if lookup.author:
        refs.append(User.ref(caller.account, lookup.author))
    if lookup.workspace:
        refs += workspaces.workspace_refs(caller, lookup.workspace)
    return refs


def _find_people_if_visible(caller: Caller, lookup: CommentLookup, rows: Rows, text: StoredText) -> People:
    """Return the people in a comment if the caller may see its activity. Raises errors.NotFound.

    `rows` suffice while the activity is in the workspace where it was commented on; otherwise more is read.
    """
    activity = rows.get(Activity.ref(caller.account, lookup.activity))
    if activity is None or activity.deleted_by or activity.workspace != lookup.workspace:
        return _read_people_if_visible(caller, activity, [text])
    context = workspaces.find_workspace(caller, activity.workspace, rows)
    return visible_activity.require_permission(caller, activity, context, VIEW).context.people


def _read_people_if_visible(caller: Caller, activity: Activity | None, texts: Iterable[StoredText] = ()) -> People:
    """Return the people in an activity and in these stored texts if the caller may see it. Raises errors.NotFound."""
    activity = copies.require_activity(activity)
    return visible_activity.enter_activity(caller, activity, VIEW, texts=texts).context.people


def _require_author(caller: Caller, comment: Comment) -> None:
    """Raise errors.Forbidden unless the caller wrote the comment."""
    if comment.author != caller.user:
        raise errors.Forbidden("Only the author of a comment may change or delete it.")
