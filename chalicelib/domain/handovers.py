"""Handing an activity over: the delegation that begins with it, and the mail that tells about it."""

from contextlib import suppress
from dataclasses import replace

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, copies, delegations, held, lifecycle, proofs, times, users, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.delegations import Shown
from chalicelib.domain.deliveries import FAILED, SENT, UNSENT
from chalicelib.domain.held import LOOK, Held
from chalicelib.domain.items import LOST, Placed
from chalicelib.domain.workspaces import Fields
from chalicelib.letters import DelegationMail
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Key
from chalicelib.storage.models import Address, Slug, User
from chalicelib.storage.records import Token
from chalicelib.storage.spaces import Activity


@dataclass(frozen=True)
class Wanted:
    """To whom, by slug or id or by e-mail address, with which words; `base` is where the link in the mail begins."""

    slug: str | None
    email: str | None
    note: str | None
    base: str

    def refused(self, detail: str) -> errors.Problem:
        """That the delegee named cannot be one."""
        return errors.Invalid([{"pointer": "#/slug" if self.slug else "#/email", "detail": detail}])


def delegate(caller: Caller, activity_id: int, wanted: Wanted, *, sign_off: bool) -> Change[Placed]:
    """Hands an activity over. An unknown address becomes an awaited user of the account.

    The owner of the workspace, creator and assignee may, other members while `allow_take_over_by_members`. Repeated for
    the same delegee it changes nothing, but the mail is sent if it could not be sent before.

    Raises errors.NotFound, errors.Forbidden, errors.Invalid, errors.Conflict.
    """
    activity, who = table.together(lambda: held.read(caller, activity_id), lambda: _named(caller, wanted))
    if _is_repeated(caller, activity, who):
        return _repeated(caller, held.entered(caller, activity, LOOK), wanted)
    found, (delegation_id, *ids) = table.together(  # ids are lost where the caller is refused
        lambda: held.entered(caller, activity, held.verb_on_own(caller, activity, "delegate"), more=_card(caller, who)),
        lambda: _new_ids(caller, who),
    )
    lifecycle.after(activity.doc["state"], "delegate", activity.delegation)
    delegee = _delegee(caller, found, who, wanted, ids)
    if delegee.answer.id == caller.user:
        raise wanted.refused("must be somebody else: nobody delegates to oneself")
    begun = {"id": delegation_id, "delegator": caller.user, "note": wanted.note, "sign_off": sign_off}
    found = _begun(caller, found, delegee, begun, Change(None, deletes=copies.of(caller, activity)), wanted)
    return Change(found.placed(caller))


def redelegate(caller: Caller, delegation_id: int, wanted: Wanted) -> Change[Shown]:
    """Hands on what is delegated, to somebody else and still in the delegator's name: a new delegation.

    Delegator and delegee may. Raises errors.NotFound, errors.Forbidden, errors.Invalid, errors.Conflict.
    """
    row, who = table.together(lambda: delegations.own(caller, delegation_id), lambda: _named(caller, wanted))
    found, (new_id, *ids) = table.together(
        lambda: delegations.opened(caller, row, "redelegate", more=_card(caller, who)),
        lambda: _new_ids(caller, who),
    )
    delegations.check(caller, found, "redelegate")
    activity, delegee = found.activity, _delegee(caller, found, who, wanted, ids)
    if delegee.answer.id in copies.parties(activity):
        raise wanted.refused("must be somebody else than the delegator and the delegee")
    begun = activity.delegation | {"id": new_id, "note": wanted.note}
    before = copies.of(caller, activity)
    requires = delegations.returned(caller, found)
    past = copies.settle(caller, activity, "redelegate")
    found = _begun(caller, found, delegee, begun, Change(None, past, before, requires), wanted)
    return Change(delegations.shown(found, copies.document(activity, activity.delegation)))


def _begun(
    caller: Caller, found: Held, delegee: Change[User], details: Fields, before: Change[None], wanted: Wanted
) -> Held:
    """Commits the new delegation with what was decided `before` it, and tells the delegee."""
    activity, user, now = found.activity, delegee.answer, times.now()
    fresh: Fields = {"delegee": user.id, "state": lifecycle.PENDING, "created_at": now, "updated_at": now}
    fresh |= {"reason": None, "delivery": UNSENT, "origin": activity.workspace, "stack": activity.stack}
    activity.delegation = details | fresh
    change = copies.rewritten(caller, activity, before.deletes)
    token, proof = _proof(caller, activity)
    requires = [*before.requires, *_present(caller, found, user, wanted)]
    changes.commit(change.also(*before.saves, *delegee.saves, proof).requiring(*requires))
    found = replace(found, found=replace(found.found, people=found.found.people | {user.id: user}))
    _tell(caller, found, token, wanted)
    return found


def _present(caller: Caller, found: Held, user: User, wanted: Wanted) -> list[Requirement]:
    """The workspace and both people must still be there when it is committed."""
    stays = workspaces.stays(caller, found.activity.workspace, LOST)
    return [stays, access.here(caller.account, caller.user), access.here(caller.account, user.id, _nobody(wanted))]


def _repeated(caller: Caller, found: Held, wanted: Wanted) -> Change[Placed]:
    """Sends the mail that could not be sent before; the link in that one has never been seen."""
    if found.activity.delegation["delivery"] != SENT:
        token, proof = _proof(caller, found.activity)
        changes.commit(Change(None, [proof]))
        _tell(caller, found, token, wanted)
    return Change(found.placed(caller))


def _is_repeated(caller: Caller, activity: Activity, who: str | None) -> bool:
    delegation = activity.delegation or {}
    same = (delegation.get("delegator"), delegation.get("delegee")) == (caller.user, who)
    return same and delegation["state"] == lifecycle.PENDING


def _proof(caller: Caller, activity: Activity) -> tuple[str, Token]:
    delegation = activity.delegation
    return proofs.issued(caller.account, delegation["delegee"], caller.user, delegation=delegation["id"])


def _tell(caller: Caller, found: Held, token: str, wanted: Wanted) -> None:
    """Sends the mail, and notes how that went unless the delegee has been faster."""
    activity, people = found.activity, found.found.people
    delegation = activity.delegation
    note, link = delegation["note"] or "", proofs.link(wanted.base, token)
    words = (people[caller.user].name_or_email, activity.doc["name"], note, link)
    sent = DelegationMail(people[delegation["delegee"]].email, *words).send()
    activity.delegation = delegation | {"delivery": SENT if sent else FAILED}
    with suppress(errors.Stale):
        changes.commit(Change(None, [activity, *copies.delegated(caller, activity)]))


def _named(caller: Caller, wanted: Wanted) -> str | None:
    """The id of the delegee; None for an address that nobody has. Raises errors.NotFound."""
    if wanted.email:
        address = table.get(Address, caller.account, wanted.email)
        return address.user if address else None
    if users.is_id(wanted.slug or ""):
        return wanted.slug
    slug = table.get(Slug, caller.account, wanted.slug)
    if slug is None:
        raise _nobody(wanted)
    return slug.user


def _card(caller: Caller, who: str | None) -> list[Key]:
    return [User.key(caller.account, who)] if who else []


def _new_ids(caller: Caller, who: str | None) -> range:
    """An id for a delegation, and those for the personal workspace of somebody new."""
    return table.new_ids(caller.account, 1 if who else 1 + workspaces.PERSONAL_IDS)


def _delegee(caller: Caller, found: Held, who: str | None, wanted: Wanted, ids: list[int]) -> Change[User]:
    """The delegee; an unknown address becomes a user with the delegation. Raises errors.NotFound."""
    if who is None:
        return users.awaited(caller, wanted.email or "", ids)
    user = found.found.people.get(who)
    if user is None or user.ending:
        raise _nobody(wanted)
    return Change(user)


def _nobody(wanted: Wanted) -> errors.Problem:
    return errors.NotFound(f"there is no user {wanted.slug or wanted.email}; nothing has been delegated")
