"""Delegations: what becomes of an activity that one person has handed over to another.

One delegation of an activity is open at a time, whoever hands it on. Once it is accepted the delegee is the assignee,
and the activity lies with the delegee unless the delegee is a member of the workspace where it is.
"""

from collections.abc import Iterable

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, activities, copies, held, items, lifecycle, times, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.activities import MARK
from chalicelib.domain.held import LOOK, Held
from chalicelib.domain.items import Placed
from chalicelib.domain.workspaces import Fields, Found, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Key
from chalicelib.storage.models import User
from chalicelib.storage.records import Delegation
from chalicelib.storage.spaces import Activity, Member, Stack, Workspace

ABSENT = "there is no such delegation"


@dataclass(frozen=True)
class Shown:
    """A delegation as it is answered, and the people in it."""

    id: int
    activity: int
    text: str
    people: People


def show(caller: Caller, delegation_id: int) -> Shown:
    """One delegation by or to the caller, open or past. Raises errors.NotFound."""
    row = own(caller, delegation_id)
    text = jsontext.dump(row.doc)
    spaces = {row.workspace} if row.workspace else set()
    people, there = workspaces.there(caller, spaces, activities.people([text]))
    if spaces - there:
        raise errors.NotFound(ABSENT)
    return Shown(row.id, row.activity, text, people)


def act(caller: Caller, activity_id: int, verb: str, reason: str | None = None) -> Change[Placed]:
    """Accepts, declines or takes back what has been delegated. Raises errors.NotFound, Forbidden, Conflict."""
    activity = held.read(caller, activity_id)
    home = _home_keys(caller, activity.delegation) if activity.delegation else []
    return decided(caller, held.entered(caller, activity, LOOK, more=home), verb, reason)


def decide(caller: Caller, delegation_id: int, verb: str, reason: str | None = None) -> Change[Shown]:
    """Accepts or declines a delegation. Raises errors.NotFound, Forbidden, Conflict."""
    found = opened(caller, own(caller, delegation_id), verb)
    change = decided(caller, found, verb, reason)
    row = next(one for one in change.saves if isinstance(one, Delegation))
    return change.answering(shown(found, row.doc))


def own(caller: Caller, delegation_id: int) -> Delegation:
    """What is kept with the caller of a delegation. Raises errors.NotFound."""
    sides = (Delegation.opened, Delegation.past)
    keys = [Delegation.key(caller.account, caller.user, side, delegation_id) for side in sides]
    for row in table.get_many(keys).values():
        if isinstance(row, Delegation):
            return row
    raise errors.NotFound(ABSENT)


def opened(caller: Caller, row: Delegation, verb: str, *, people: Iterable[str] = (), more: Iterable[Key] = ()) -> Held:
    """The activity of a delegation of the caller. Raises errors.NotFound, and errors.Conflict for a past one."""
    if row.workspace is None:
        past = row.state.replace("_", " ")
        raise errors.Conflict(f"{verb} does not fit a delegation that is {past}; nothing fits any more")
    details = {"origin": row.origin, "stack": row.stack, "delegator": row.delegator}
    cards = [User.key(caller.account, one) for one in people]
    return held.delegated(caller, row, [*_home_keys(caller, details), *cards, *more])


def shown(found: Held, document: Fields) -> Shown:
    """A delegation as it is answered."""
    return Shown(document["id"], found.activity.id, jsontext.dump(document), found.found.people)


def decided(caller: Caller, found: Held, verb: str, reason: str | None = None) -> Change[Placed]:
    """What becomes of an activity and its delegation. Raises errors.Forbidden, errors.Conflict."""
    check(caller, found, verb)
    before = copies.of(caller, found.activity)
    requires = _taken(caller, found) if verb == "accept" else returned(caller, found)
    said = {"reason": reason} if verb == "decline" else {}
    past = copies.settle(caller, found.activity, verb, **said)
    return held.change(caller, found, before, past).requiring(*requires)


def ended(caller: Caller, row: Delegation, leaver: str) -> Change[Placed]:
    """Ends a delegation of somebody who leaves: what the delegee had returns, what the delegator gave stays there."""
    delegator = Caller(caller.account, row.delegator, "", "write")
    found = opened(delegator, row, "take_back")
    if row.delegator != leaver or row.state == lifecycle.PENDING:
        return decided(delegator, found, "take_back")
    before = copies.of(caller, found.activity)
    return held.change(caller, found, before, copies.settle(caller, found.activity, "approve"))


def check(caller: Caller, found: Held, verb: str) -> None:
    """Lets pass who may do this with a delegation, if it fits. Raises errors.Forbidden, errors.Conflict."""
    found.check_party(caller, verb)
    lifecycle.after(found.activity.doc["state"], verb, found.activity.delegation)


def returned(caller: Caller, found: Held) -> list[Requirement]:
    """Gives what was accepted back to the delegator, where it was if that can still be; answers what that requires."""
    activity, delegation = found.activity, found.activity.delegation
    if delegation["state"] != lifecycle.ACCEPTED:
        return []
    _assign(activity, delegation["delegator"])
    if activity.workspace == delegation["origin"]:
        return []
    return _relocated(caller, activity, *_home(caller, found.found, delegation))


def _taken(caller: Caller, found: Held) -> list[Requirement]:
    """Makes the delegee the assignee, who gets it on the own inbox unless it lies where the delegee is as well."""
    activity, member = found.activity, found.found.member
    activity.delegation = activity.delegation | {"origin": activity.workspace, "stack": activity.stack}
    _assign(activity, caller.user)
    personal = access.known(found.found.people.get(caller.user)).personal
    stays = member is not None and member.role != INVITED
    inbox = workspaces.inbox_of(personal)
    requires = items.leaving(caller, activity) if stays else _relocated(caller, activity, personal, inbox)
    return [*requires, access.here(caller.account, caller.user)]


def _assign(activity: Activity, user: str) -> None:
    activity.doc = activity.doc | {"assignee": MARK + user, "updated_at": times.now()}


def _relocated(caller: Caller, activity: Activity, workspace: int, stack: int) -> list[Requirement]:
    """Puts it on top there; where it leaves and where it arrives must both be there when that is committed."""
    leaves = workspaces.stays(caller, activity.workspace, items.LOST)
    activity.workspace, activity.stack, activity.order = workspace, stack, items.order_now()
    return [leaves, *items.arriving(caller, workspace, stack)]


def _home(caller: Caller, found: Found, delegation: Fields) -> tuple[int, int]:
    """Where it was, or at least the inbox there, or that of the delegator who is no longer there."""
    space, member, *stacks = (found.items.get(key) for key in _home_keys(caller, delegation))
    is_open = isinstance(space, Workspace) and not space.ending
    if is_open and isinstance(member, Member) and member.role != INVITED:
        there = [stack.id for stack in stacks if isinstance(stack, Stack) and not stack.ending]
        return delegation["origin"], there[0] if there else workspaces.inbox_of(delegation["origin"])
    personal = found.people[delegation["delegator"]].personal
    return personal, workspaces.inbox_of(personal)


def _home_keys(caller: Caller, delegation: Fields) -> list[Key]:
    """What has to be read to give something back: the workspace it was in, the delegator's place there, the stack."""
    account, origin, stack = caller.account, delegation["origin"], delegation["stack"]
    keys = [Workspace.key(account, origin), Member.key(account, origin, delegation["delegator"])]
    return keys if stack in (None, workspaces.inbox_of(origin)) else [*keys, Stack.key(account, origin, stack)]
