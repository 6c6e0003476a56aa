"""What is only ever written together with an activity: where it lies, with each of its people, and its delegation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib import clock, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import lifecycle
from chalicelib.domain.activities.documents import Fields
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage.marks import MARK, people_in
from chalicelib.storage.models.activities import Activity, Placement, UserActivity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.unit_of_work import Change


def all_copies(caller: Caller, activity: Activity) -> list[Row]:
    """All copies of an activity as it is now."""
    return [placement(caller, activity), *copies_besides_placement(caller, activity)]


def copies_besides_placement(caller: Caller, activity: Activity) -> list[Row]:
    """Those copies that stay where they are when an activity moves."""
    return [*_user_activities(caller, activity), *delegation_copies(caller, activity)]


def plan_rewrite(caller: Caller, activity: Activity, before: Sequence[Row]) -> Change[None]:
    """The activity as it is now, in all its copies; of those that it had before, the others go."""
    now = all_copies(caller, activity)
    kept = {(one.pk, one.sk) for one in now}
    return Change(None, [activity, *now], [one for one in before if (one.pk, one.sk) not in kept])


def placement(caller: Caller, activity: Activity) -> Placement:
    """An activity as it lies in its place."""
    ids = (activity.workspace, activity.stack, activity.order, activity.id)
    return Placement.at(
        caller.account, *ids, activity=activity.id, doc=activity.doc, discussed=activity.discussed or None
    )


def _user_activities(caller: Caller, activity: Activity) -> list[UserActivity]:
    """An activity with everybody who stands in it, and whom it is delegated by and to."""
    between = delegation_parties(activity)
    copy = {"activity": activity.id, "workspace": activity.workspace, "doc": activity.doc}
    return [
        UserActivity.at(caller.account, user, activity.id, delegated=user in between, **copy)
        for user in sorted(people_of(activity))
    ]


def delegation_parties(activity: Activity) -> set[str]:
    """Whom an activity is delegated by and to, also where that is done."""
    delegation = activity.delegation
    return {delegation["delegator"], delegation["delegee"]} if delegation else set()


def people_of(activity: Activity) -> set[str]:
    """Everybody who has a copy of an activity."""
    return people_in([json_text.dump(activity.doc)]) | delegation_parties(activity)


def apply_to_delegation(caller: Caller, activity: Activity, verb: str, **said: Any) -> list[Delegation]:
    """Does to an activity's delegation what a verb makes of it; answers what is kept of one that it ends."""
    if not activity.delegation:
        return []
    state = lifecycle.next_delegation_state(activity.delegation, verb)
    if state == activity.delegation["state"]:
        return []
    delegation = activity.delegation | {"state": state, "updated_at": clock.now()} | said
    activity.delegation = delegation if state in (*lifecycle.OPEN_STATES, lifecycle.DONE) else None
    return [] if state in lifecycle.OPEN_STATES else _delegation_rows(caller, Delegation.past, activity, delegation)


def delegation_copies(caller: Caller, activity: Activity) -> list[Delegation]:
    """An activity with its open delegation, for both whom that is between."""
    if not activity.delegation or activity.delegation["state"] not in lifecycle.OPEN_STATES:
        return []
    return _delegation_rows(caller, Delegation.opened, activity, activity.delegation, workspace=activity.workspace)


def _delegation_rows(
    caller: Caller, side: str, activity: Activity, delegation: Fields, **where: Any
) -> list[Delegation]:
    names = ("id", "origin", "stack", "delegator", "delegee", "state")
    details = {name: delegation[name] for name in names}
    details |= {"activity": activity.id, "doc": delegation_document(activity, delegation)}
    holders = (delegation["delegator"], delegation["delegee"])
    return [Delegation.at(caller.account, one, side, delegation["id"], **details, **where) for one in holders]


def delegation_document(activity: Activity, delegation: Fields) -> Fields:
    """A delegation as it is answered, people by their marked ids."""
    names = ("note", "sign_off", "state", "created_at", "updated_at", "reason", "delivery")
    people = {name: MARK + delegation[name] for name in ("delegator", "delegee")}
    said = {name: delegation[name] for name in names}
    return {"id": delegation["id"], "activity": activity.doc} | people | said


@dataclass(frozen=True)
class PlacedActivity:
    """An activity where it lies."""

    workspace: int
    activity: int
    key: str
    text: str
    people: People


def place_activity(caller: Caller, activity: Activity, people: People) -> PlacedActivity:
    """An activity where it lies, as it is answered."""
    text = json_text.dump(activity.doc)
    return PlacedActivity(activity.workspace, activity.id, placement(caller, activity).sk, text, people)
