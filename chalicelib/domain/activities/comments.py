"""Comments on activities: read by whoever sees the activity, changed by their author only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import activities, copies, documents, visible_activity
from chalicelib.domain.activities.visible_activity import VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import Fields, People, WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.marks import MARK
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.comments import Comment, CommentLookup
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition

COMMENT_NOT_FOUND = "there is no such comment"


class StoredComments(Protocol):
    """Some stored comments."""

    @property
    def texts(self) -> Sequence[str]:
        """The comments as they are stored."""
        ...


T = TypeVar("T", bound=StoredComments)


@dataclass(frozen=True)
class CommentView:
    """A comment as it is stored, and the people who stand in it."""

    id: int
    activity: int
    text: str
    people: People


def list_comments(caller: Caller, activity_id: int, read: Callable[[], T]) -> tuple[T, People]:
    """What is read of the comments on an activity, and who said it. Raises errors.NotFound, and shows nothing then."""
    activity, part = run_both(lambda: table.get(Activity, caller.account, activity_id), read)
    return part, activities.people_if_visible(caller, activity, part.texts)


def read_entries(
    caller: Caller, activity_id: int, after: int | None = None, reach: int | None = None
) -> Iterator[tuple[int, str]]:
    """Ids and stored texts of the comments on an activity, the oldest first, unchecked."""
    begin = Comment.key(caller.account, activity_id, after)[1] if after else None
    partition = Comment.key(caller.account, activity_id, 0)[0]
    for key, text in table.query_documents(partition, Comment.prefix, begin, reach):
        yield int(key.removeprefix(Comment.prefix)), text


def get_comment(caller: Caller, comment_id: int) -> CommentView:
    """One comment on an activity that the caller sees. Raises errors.NotFound."""
    return _find_visible(caller, comment_id)[1]


def create_comment(caller: Caller, activity_id: int, fields: Fields) -> Change[CommentView]:
    """A new comment of the caller on an activity. Raises errors.NotFound."""
    activity: Any
    activity, comment_id = run_both(  # an id is lost where the caller is refused
        lambda: table.get(Activity, caller.account, activity_id),
        lambda: next_id(caller.account, "ids"),
    )
    people = activities.people_if_visible(caller, activity)
    now, author = clock.now(), MARK + caller.user
    doc = {"id": comment_id, "activity_id": activity_id, "body": fields["body"], "author": author}
    doc |= {"created_at": now, "updated_at": now}
    comment = Comment.at(caller.account, activity_id, comment_id, id=comment_id, doc=doc)
    about = {"activity": activity_id, "author": caller.user, "workspace": activity.workspace}
    topic = CommentLookup.at(caller.account, comment_id, **about)
    change = Change(CommentView(comment_id, activity_id, json_text.dump(doc), people), [comment, topic])
    return _mark_discussed(caller, activity, change)


def _mark_discussed(caller: Caller, activity: Any, change: Change[CommentView]) -> Change[CommentView]:
    """The change as long as the activity is where the caller saw it; with the first comment it notes that."""
    moved = errors.Stale("the activity has just been moved")
    key = Activity.key(caller.account, activity.id)
    stays = workspaces.require_workspace_open(caller, activity.workspace, documents.ACTIVITY_NOT_FOUND)
    requires = [stays, Precondition(Activity, key, Activity.is_in(activity.workspace), moved)]
    was_silent, activity.discussed = not activity.discussed, True
    noted = [activity, copies.placement(caller, activity)] if was_silent else []
    return Change(change.answer, [*change.save, *noted], preconditions=requires)


def update_comment(caller: Caller, comment_id: int, fields: Fields) -> Change[CommentView]:
    """Changes what the comment says. Raises errors.NotFound, and errors.Forbidden for all but its author."""
    comment, said = _find_visible(caller, comment_id)
    _require_author(caller, comment)
    if fields.get("body", comment.doc["body"]) == comment.doc["body"]:
        return Change(said)
    comment.doc = comment.doc | fields | {"updated_at": clock.now()}
    return Change(CommentView(said.id, said.activity, json_text.dump(comment.doc), said.people), [comment])


def delete_comment(caller: Caller, comment_id: int) -> Change[None]:
    """Removes a comment. Raises errors.NotFound, and errors.Forbidden for all but its author."""
    comment, _ = _find_visible(caller, comment_id)
    _require_author(caller, comment)
    return Change(None, delete=[comment, CommentLookup.at(caller.account, comment_id)])


def _find_visible(caller: Caller, comment_id: int) -> tuple[Comment, CommentView]:
    topic = table.get(CommentLookup, caller.account, comment_id)
    if topic is None:
        raise errors.NotFound(COMMENT_NOT_FOUND)
    place, about = Comment.key(caller.account, topic.activity, comment_id), Activity.key(caller.account, topic.activity)
    known = [User.key(caller.account, topic.author)] if topic.author else []
    found = table.get_many([place, about, *known, *_workspace_keys(caller, topic.workspace)])
    comment: Any = found.get(place)
    if comment is None:
        raise errors.NotFound(COMMENT_NOT_FOUND)
    text = json_text.dump(comment.doc)
    try:
        people = _people_if_visible(caller, topic, found, text)
    except errors.NotFound:  # in the same words, or it would tell that there is one
        raise errors.NotFound(COMMENT_NOT_FOUND) from None
    return comment, CommentView(comment_id, topic.activity, text, people)


def _people_if_visible(caller: Caller, topic: CommentLookup, found: Mapping[Key, Row], text: str) -> People:
    """Who stands in a comment, if the caller sees what it is on: where it was discussed, or wherever it is now."""
    activity: Any = found.get(Activity.key(caller.account, topic.activity))
    if activity is None or activity.workspace != topic.workspace:
        return activities.people_if_visible(caller, activity, [text])
    workspace, member = (found.get(key) for key in _workspace_keys(caller, activity.workspace))
    people = workspaces.people_among(found.values())
    where = WorkspaceContext(cast("Workspace", workspace), cast("Member", member), people, dict(found))
    return visible_activity.require_permission(
        caller, VisibleActivity(activity, where), visible_activity.VIEW
    ).context.people


def _workspace_keys(caller: Caller, workspace_id: int | None) -> list[Key]:
    """What has to be read to know whether the caller may enter there."""
    if workspace_id is None:
        return []
    return [Workspace.key(caller.account, workspace_id), Member.key(caller.account, workspace_id, caller.user)]


def _require_author(caller: Caller, comment: Comment) -> None:
    if comment.doc["author"] != MARK + caller.user:
        raise errors.Forbidden("only its author may change or delete a comment")
