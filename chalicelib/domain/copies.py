"""What is only ever written together with an activity: where it lies, with each of its people, and its delegation."""

from collections.abc import Sequence
from typing import Any

from chalicelib import jsontext
from chalicelib.domain import activities, lifecycle, times
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import MARK, Fields
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item
from chalicelib.storage.records import Delegation
from chalicelib.storage.spaces import Activity, Involvement, Placement


def of(caller: Caller, activity: Activity) -> list[Item]:
    """All copies of an activity as it is now."""
    return [placement(caller, activity), *beside(caller, activity)]


def beside(caller: Caller, activity: Activity) -> list[Item]:
    """Those copies that stay where they are when an activity moves."""
    return [*_involvements(caller, activity), *delegated(caller, activity)]


def rewritten(caller: Caller, activity: Activity, before: Sequence[Item]) -> Change[None]:
    """The activity as it is now, in all its copies; of those that it had before, the others go."""
    now = of(caller, activity)
    kept = {(one.pk, one.sk) for one in now}
    return Change(None, [activity, *now], [one for one in before if (one.pk, one.sk) not in kept])


def placement(caller: Caller, activity: Activity) -> Placement:
    """An activity as it lies in its place."""
    ids = (activity.workspace, activity.stack, activity.order, activity.id)
    return Placement.at(
        caller.account, *ids, activity=activity.id, doc=activity.doc, discussed=activity.discussed or None
    )


def _involvements(caller: Caller, activity: Activity) -> list[Involvement]:
    """An activity with everybody who stands in it, and whom it is delegated by and to."""
    between = parties(activity)
    copy = {"activity": activity.id, "workspace": activity.workspace, "doc": activity.doc}
    return [
        Involvement.at(caller.account, user, activity.id, delegated=user in between, **copy)
        for user in sorted(standing(activity))
    ]


def parties(activity: Activity) -> set[str]:
    """Whom an activity is delegated by and to, also where that is done."""
    delegation = activity.delegation
    return {delegation["delegator"], delegation["delegee"]} if delegation else set()


def standing(activity: Activity) -> set[str]:
    """Everybody who has a copy of an activity."""
    return activities.people([jsontext.dump(activity.doc)]) | parties(activity)


def settle(caller: Caller, activity: Activity, verb: str, **said: Any) -> list[Delegation]:
    """Does to an activity's delegation what a verb makes of it; answers what is kept of one that it ends."""
    if not activity.delegation:
        return []
    state = lifecycle.delegation_after(activity.delegation, verb)
    if state == activity.delegation["state"]:
        return []
    delegation = activity.delegation | {"state": state, "updated_at": times.now()} | said
    activity.delegation = delegation if state in (*lifecycle.OPEN, lifecycle.DONE) else None
    return [] if state in lifecycle.OPEN else _kept(caller, Delegation.past, activity, delegation)


def delegated(caller: Caller, activity: Activity) -> list[Delegation]:
    """An activity with its open delegation, for both whom that is between."""
    if not activity.delegation or activity.delegation["state"] not in lifecycle.OPEN:
        return []
    return _kept(caller, Delegation.opened, activity, activity.delegation, workspace=activity.workspace)


def _kept(caller: Caller, side: str, activity: Activity, delegation: Fields, **where: Any) -> list[Delegation]:
    names = ("id", "origin", "stack", "delegator", "delegee", "state")
    details = {name: delegation[name] for name in names}
    details |= {"activity": activity.id, "doc": document(activity, delegation)}
    holders = (delegation["delegator"], delegation["delegee"])
    return [Delegation.at(caller.account, one, side, delegation["id"], **details, **where) for one in holders]


def document(activity: Activity, delegation: Fields) -> Fields:
    """A delegation as it is answered, people by their marked ids."""
    names = ("note", "sign_off", "state", "created_at", "updated_at", "reason", "delivery")
    people = {name: MARK + delegation[name] for name in ("delegator", "delegee")}
    said = {name: delegation[name] for name in names}
    return {"id": delegation["id"], "activity": activity.doc} | people | said
