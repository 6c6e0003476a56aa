"""The table through the models."""

from typing import Any

from keys import action_key, activity_prefix, counter_key, member_key, user_key, workspace_key
from models import Action, Activity, Block, Canvas, Counter, Member, Named, Placement, Strategy, Table, User, Workspace
from pynamodb.exceptions import PutError, UpdateError

Item = dict[str, Any]
BLOCKS = ("priority", "progress", "target_date", "size", "alarm")
FACTS = ("id", "name", "description", "state", "created_at", "updated_at", "creator", "assignee")
ORDER = ("id", "name", "description", "state", "created_at", "updated_at", "priority", "creator", "progress")
ORDER += ("target_date", "size", "assignee", "alarm")
CHOSEN, COUNTED, TIMED = ("priority", "size"), ("progress",), ("target_date", "alarm")
PARTS = {
    **dict.fromkeys(CHOSEN, ("created_at", "options", "updated_at", "value", "name", "id")),
    **dict.fromkeys(COUNTED, ("created_at", "updated_at", "value", "name", "id")),
    **dict.fromkeys(TIMED, ("created_at", "updated_at", "time", "name", "id")),
}


class Changed(Exception):
    """Somebody else was faster."""


def actions(account: int) -> list[Item]:
    """All actions of the account."""
    partition = action_key(account, 0)["pk"]
    found = Action.query(partition, Action.sk.startswith("ACTION#"), consistent_read=True)
    return [_shown(one) for one in found]


def action(account: int, action_id: int) -> tuple[Item, int] | None:
    """An action and its version."""
    try:
        found = Action.get(*action_key(account, action_id).values(), consistent_read=True)
    except Action.DoesNotExist:
        return None
    return _shown(found), int(found.version)


def add_action(account: int, action: Item) -> None:
    """A new action, which must not be there yet: PynamoDB asks for that, since it has a version."""
    _stored(account, action).save()


def change_action(account: int, action: Item, _: list[str], version: int) -> None:
    """An action as it is now, if it is still in that version. Raises Changed."""
    changed = _stored(account, action)
    changed.version = version
    try:
        changed.save()
    except PutError as error:
        raise _meaning(error) from error


def count_up(account: int, name: str) -> int:
    """The next number of a counter."""
    counter = Counter(*counter_key(account, name).values())
    counter.update([Counter.last.add(1)])
    return int(counter.last)


def count_from(account: int, name: str, least: int) -> None:
    """Makes sure that a counter has come that far."""
    counter = Counter(*counter_key(account, name).values())
    try:
        counter.update([Counter.last.set(least)], Counter.last.does_not_exist() | (Counter.last < least))
    except UpdateError as error:
        if not isinstance(_meaning(error), Changed):
            raise


def workspace(account: int, workspace_id: int, user: str, standing: set[str]) -> tuple[Any, Any, dict[str, Item]]:
    """A workspace, the user's place in it, and people: each kind through its model."""
    try:
        place = Workspace.get(*workspace_key(account, workspace_id).values(), consistent_read=True)
        member = Member.get(*member_key(account, workspace_id, user).values(), consistent_read=True)
    except (Workspace.DoesNotExist, Member.DoesNotExist):
        return None, None, {}
    names = ("id", "owner", "created_at", "name", "type", "description", "ending")
    shown = _plain(place, names) | {"setting": place.setting.as_dict()}
    return shown, {"role": member.role}, people(account, {user, *standing})


def people(account: int, users: set[str]) -> dict[str, Item]:
    """These users by their ids."""
    keys = [tuple(user_key(account, one).values()) for one in sorted(users)]
    names = ("id", "email", "first_name", "last_name", "slug", "created_at")
    return {one.id: _plain(one, names) for one in User.batch_get(keys, consistent_read=True)}


def activities(account: int, workspace_id: int, stack: int) -> list[Item]:
    """The activities on a stack."""
    partition = workspace_key(account, workspace_id)["pk"]
    under = Placement.sk.startswith(activity_prefix(stack))
    return [_activity(one.activity) for one in Placement.query(partition, under, consistent_read=True)]


def _plain(model: Table | Block, names: tuple[str, ...]) -> Item:
    return {name: getattr(model, name) for name in names}


def _shown(action: Action) -> Item:
    return {
        "id": action.id,
        "title": action.title,
        "labels": [{"name": one.name} for one in action.labels],
        "strategies": [{"id": one.id} for one in action.strategies],
        "description": action.description,
        "assignee": {"name": action.assignee.name} if action.assignee else None,
        "involved": [{"name": one.name} for one in action.involved],
        "start": action.start,
        "due": action.due,
        "status": {"name": action.status.name},
        "ogsm_canvases": [{"id": one.id, "row_order": one.row_order} for one in action.ogsm_canvases],
        "traffic_light": action.traffic_light,
        "progress": action.progress,
        "archived": action.archived,
    }


def _stored(account: int, action: Item) -> Action:
    nested = {
        "labels": [Named(**one) for one in action["labels"]],
        "strategies": [Strategy(**one) for one in action["strategies"]],
        "assignee": action["assignee"] and Named(**action["assignee"]),
        "involved": [Named(**one) for one in action["involved"]],
        "status": Named(**action["status"]),
        "ogsm_canvases": [Canvas(**one) for one in action["ogsm_canvases"]],
    }
    return Action(*action_key(account, action["id"]).values(), **action | nested)


def _activity(activity: Activity) -> Item:
    blocks = {name: _plain(getattr(activity, name), PARTS[name]) for name in BLOCKS}
    shown = {name: getattr(activity, name) for name in FACTS} | blocks
    return {name: shown[name] for name in ORDER}


def _meaning(error: PutError | UpdateError) -> Exception:
    return Changed() if error.cause_response_code == "ConditionalCheckFailedException" else error
