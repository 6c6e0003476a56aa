"""Comments on activities: read by whoever sees the activity, changed by their author only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, activity_verbs, copies, held, items, times, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.held import Held
from chalicelib.domain.workspaces import Fields, Found, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Item, Key
from chalicelib.storage.models import User
from chalicelib.storage.records import Comment, Topic
from chalicelib.storage.spaces import Activity, Member, Workspace

ABSENT = "there is no such comment"


class Texts(Protocol):
    """Some stored comments."""

    @property
    def texts(self) -> Sequence[str]:
        """The comments as they are stored."""
        ...


T = TypeVar("T", bound=Texts)


@dataclass(frozen=True)
class Said:
    """A comment as it is stored, and the people who stand in it."""

    id: int
    activity: int
    text: str
    people: People


def listing(caller: Caller, activity_id: int, read: Callable[[], T]) -> tuple[T, People]:
    """What is read of the comments on an activity, and who said it. Raises errors.NotFound, and shows nothing then."""
    activity, part = table.together(lambda: table.get(Activity, caller.account, activity_id), read)
    return part, activity_verbs.seen(caller, activity, part.texts)


def entries_of(
    caller: Caller, activity_id: int, after: int | None = None, reach: int | None = None
) -> Iterator[tuple[int, str]]:
    """Ids and stored texts of the comments on an activity, the oldest first, unchecked."""
    begin = Comment.key(caller.account, activity_id, after)[1] if after else None
    partition = Comment.key(caller.account, activity_id, 0)[0]
    for key, text in table.texts(partition, Comment.prefix, begin, reach):
        yield int(key.removeprefix(Comment.prefix)), text


def show(caller: Caller, comment_id: int) -> Said:
    """One comment on an activity that the caller sees. Raises errors.NotFound."""
    return _found(caller, comment_id)[1]


def create(caller: Caller, activity_id: int, fields: Fields) -> Change[Said]:
    """A new comment of the caller on an activity. Raises errors.NotFound."""
    activity: Any
    activity, comment_id = table.together(  # an id is lost where the caller is refused
        lambda: table.get(Activity, caller.account, activity_id),
        lambda: table.count_up(caller.account, "ids"),
    )
    people = activity_verbs.seen(caller, activity)
    now, author = times.now(), activities.MARK + caller.user
    doc = {"id": comment_id, "activity_id": activity_id, "body": fields["body"], "author": author}
    doc |= {"created_at": now, "updated_at": now}
    comment = Comment.at(caller.account, activity_id, comment_id, id=comment_id, doc=doc)
    about = {"activity": activity_id, "author": caller.user, "workspace": activity.workspace}
    topic = Topic.at(caller.account, comment_id, **about)
    change = Change(Said(comment_id, activity_id, jsontext.dump(doc), people), [comment, topic])
    return _discussed(caller, activity, change)


def _discussed(caller: Caller, activity: Any, change: Change[Said]) -> Change[Said]:
    """The change as long as the activity is where the caller saw it; with the first comment it notes that."""
    moved = errors.Stale("the activity has just been moved")
    key = Activity.key(caller.account, activity.id)
    stays = workspaces.stays(caller, activity.workspace, items.LOST)
    requires = [stays, Requirement(Activity, key, Activity.is_in(activity.workspace), moved)]
    was_silent, activity.discussed = not activity.discussed, True
    noted = [activity, copies.placement(caller, activity)] if was_silent else []
    return Change(change.answer, [*change.saves, *noted], requires=requires)


def update(caller: Caller, comment_id: int, fields: Fields) -> Change[Said]:
    """Changes what the comment says. Raises errors.NotFound, and errors.Forbidden for all but its author."""
    comment, said = _found(caller, comment_id)
    _check_author(caller, comment)
    if fields.get("body", comment.doc["body"]) == comment.doc["body"]:
        return Change(said)
    comment.doc = comment.doc | fields | {"updated_at": times.now()}
    return Change(Said(said.id, said.activity, jsontext.dump(comment.doc), said.people), [comment])


def delete(caller: Caller, comment_id: int) -> Change[None]:
    """Removes a comment. Raises errors.NotFound, and errors.Forbidden for all but its author."""
    comment, _ = _found(caller, comment_id)
    _check_author(caller, comment)
    return Change(None, deletes=[comment, Topic.at(caller.account, comment_id)])


def _found(caller: Caller, comment_id: int) -> tuple[Comment, Said]:
    topic = table.get(Topic, caller.account, comment_id)
    if topic is None:
        raise errors.NotFound(ABSENT)
    place, about = Comment.key(caller.account, topic.activity, comment_id), Activity.key(caller.account, topic.activity)
    known = [User.key(caller.account, topic.author)] if topic.author else []
    found = table.get_many([place, about, *known, *_entrance(caller, topic.workspace)])
    comment: Any = found.get(place)
    if comment is None:
        raise errors.NotFound(ABSENT)
    text = jsontext.dump(comment.doc)
    try:
        people = _people(caller, topic, found, text)
    except errors.NotFound:  # in the same words, or it would tell that there is one
        raise errors.NotFound(ABSENT) from None
    return comment, Said(comment_id, topic.activity, text, people)


def _people(caller: Caller, topic: Topic, found: Mapping[Key, Item], text: str) -> People:
    """Who stands in a comment, if the caller sees what it is on: where it was discussed, or wherever it is now."""
    activity: Any = found.get(Activity.key(caller.account, topic.activity))
    if activity is None or activity.workspace != topic.workspace:
        return activity_verbs.seen(caller, activity, [text])
    workspace, member = (found.get(key) for key in _entrance(caller, activity.workspace))
    people = workspaces.people_in(found.values())
    where = Found(cast("Workspace", workspace), cast("Member", member), people, dict(found))
    return held.admitted(caller, Held(activity, where), held.LOOK).found.people


def _entrance(caller: Caller, workspace_id: int | None) -> list[Key]:
    """What has to be read to know whether the caller may enter there."""
    if workspace_id is None:
        return []
    return [Workspace.key(caller.account, workspace_id), Member.key(caller.account, workspace_id, caller.user)]


def _check_author(caller: Caller, comment: Comment) -> None:
    if comment.doc["author"] != activities.MARK + caller.user:
        raise errors.Forbidden("only its author may change or delete a comment")
