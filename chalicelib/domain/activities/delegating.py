"""Handing an activity over: the delegation that begins with it, and the mail that tells about it."""

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import link_tokens, users
from chalicelib.domain.activities import copies, delegations, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.delegations import DelegationView
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.activities.visible_activity import VIEW, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import Fields
from chalicelib.mail.delivery import FAILED, SENT, UNSENT
from chalicelib.mail.messages import DelegationMail
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Key
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition


@dataclass(frozen=True)
class DelegateRequest:
    """To whom, by slug or id or by e-mail address, with which words; `base` is where the link in the mail begins."""

    slug: str | None
    email: str | None
    note: str | None
    base: str

    def refused(self, detail: str) -> errors.Problem:
        """That the delegee named cannot be one."""
        return errors.Invalid([{"pointer": "#/slug" if self.slug else "#/email", "detail": detail}])


def delegate(caller: Caller, activity_id: int, wanted: DelegateRequest, *, sign_off: bool) -> Change[PlacedActivity]:
    """Hands an activity over. An unknown address becomes an is_placeholder user of the account.

    The owner of the workspace, creator and assignee may, other members while `allow_take_over_by_members`. Repeated for
    the same delegee it changes nothing, but the mail is sent if it could not be sent before.

    Raises errors.NotFound, errors.Forbidden, errors.Invalid, errors.Conflict.
    """
    activity, who = run_both(
        lambda: visible_activity.read_activity(caller, activity_id), lambda: _find_delegee(caller, wanted)
    )
    if _is_repeated(caller, activity, who):
        return _repeat(caller, visible_activity.enter_activity(caller, activity, VIEW), wanted)
    found, (delegation_id, *ids) = run_both(  # ids are lost where the caller is refused
        lambda: visible_activity.enter_activity(
            caller,
            activity,
            visible_activity.required_permission(caller, activity, "delegate"),
            more=_user_keys(caller, who),
        ),
        lambda: _new_ids(caller, who),
    )
    lifecycle.next_state(activity.doc["state"], "delegate", activity.delegation)
    delegee = _plan_delegee(caller, found, who, wanted, ids)
    if delegee.answer.id == caller.user:
        raise wanted.refused("must be somebody else: nobody delegates to oneself")
    begun = {"id": delegation_id, "delegator": caller.user, "note": wanted.note, "sign_off": sign_off}
    found = _begin(caller, found, delegee, begun, Change(None, delete=copies.all_copies(caller, activity)), wanted)
    return Change(found.placed(caller))


def redelegate(caller: Caller, delegation_id: int, wanted: DelegateRequest) -> Change[DelegationView]:
    """Hands on what is delegated, to somebody else and still in the delegator's name: a new delegation.

    Delegator and delegee may. Raises errors.NotFound, errors.Forbidden, errors.Invalid, errors.Conflict.
    """
    row, who = run_both(lambda: delegations.get_own_row(caller, delegation_id), lambda: _find_delegee(caller, wanted))
    found, (new_id, *ids) = run_both(
        lambda: delegations.enter_open_delegation(caller, row, "redelegate", more=_user_keys(caller, who)),
        lambda: _new_ids(caller, who),
    )
    delegations.require_verb_allowed(caller, found, "redelegate")
    activity, delegee = found.activity, _plan_delegee(caller, found, who, wanted, ids)
    if delegee.answer.id in copies.delegation_parties(activity):
        raise wanted.refused("must be somebody else than the delegator and the delegee")
    begun = activity.delegation | {"id": new_id, "note": wanted.note}
    before = copies.all_copies(caller, activity)
    requires = delegations.plan_return(caller, found)
    past = copies.apply_to_delegation(caller, activity, "redelegate")
    found = _begin(caller, found, delegee, begun, Change(None, past, before, requires), wanted)
    return Change(delegations.view(found, copies.delegation_document(activity, activity.delegation)))


def _begin(
    caller: Caller,
    found: VisibleActivity,
    delegee: Change[User],
    details: Fields,
    before: Change[None],
    wanted: DelegateRequest,
) -> VisibleActivity:
    """Commits the new delegation with what was decided `before` it, and tells the delegee."""
    activity, user, now = found.activity, delegee.answer, clock.now()
    fresh: Fields = {"delegee": user.id, "state": lifecycle.PENDING, "created_at": now, "updated_at": now}
    fresh |= {"reason": None, "delivery": UNSENT, "origin": activity.workspace, "stack": activity.stack}
    activity.delegation = details | fresh
    change = copies.plan_rewrite(caller, activity, before.delete)
    token, proof = _issue_link(caller, activity)
    requires = [*before.preconditions, *_require_people_present(caller, found, user, wanted)]
    unit_of_work.commit(change.and_save(*before.save, *delegee.save, proof).with_preconditions(*requires))
    found = replace(found, context=replace(found.context, people=found.context.people | {user.id: user}))
    _send_mail(caller, found, token, wanted)
    return found


def _require_people_present(
    caller: Caller, found: VisibleActivity, user: User, wanted: DelegateRequest
) -> list[Precondition]:
    """The workspace and both people must still be there when it is committed."""
    stays = workspaces.require_workspace_open(caller, found.activity.workspace, ACTIVITY_NOT_FOUND)
    return [
        stays,
        access.require_user_active(caller.account, caller.user),
        access.require_user_active(caller.account, user.id, _no_such_user(wanted)),
    ]


def _repeat(caller: Caller, found: VisibleActivity, wanted: DelegateRequest) -> Change[PlacedActivity]:
    """Sends the mail that could not be sent before; the link in that one has never been seen."""
    if found.activity.delegation["delivery"] != SENT:
        token, proof = _issue_link(caller, found.activity)
        unit_of_work.commit(Change(None, [proof]))
        _send_mail(caller, found, token, wanted)
    return Change(found.placed(caller))


def _is_repeated(caller: Caller, activity: Activity, who: str | None) -> bool:
    delegation = activity.delegation or {}
    same = (delegation.get("delegator"), delegation.get("delegee")) == (caller.user, who)
    return same and delegation["state"] == lifecycle.PENDING


def _issue_link(caller: Caller, activity: Activity) -> tuple[str, LinkToken]:
    delegation = activity.delegation
    return link_tokens.issue_link_token(caller.account, delegation["delegee"], caller.user, delegation=delegation["id"])


def _send_mail(caller: Caller, found: VisibleActivity, token: str, wanted: DelegateRequest) -> None:
    """Sends the mail, and notes how that went unless the delegee has been faster."""
    activity, people = found.activity, found.context.people
    delegation = activity.delegation
    note, link = delegation["note"] or "", link_tokens.link_url(wanted.base, token)
    words = (people[caller.user].name_or_email, activity.doc["name"], note, link)
    sent = DelegationMail(people[delegation["delegee"]].email, *words).send()
    activity.delegation = delegation | {"delivery": SENT if sent else FAILED}
    with suppress(errors.Stale):
        unit_of_work.commit(Change(None, [activity, *copies.delegation_copies(caller, activity)]))


def _find_delegee(caller: Caller, wanted: DelegateRequest) -> str | None:
    """The id of the delegee; None for an address that nobody has. Raises errors.NotFound."""
    if wanted.email:
        address = table.get(EmailAddress, caller.account, wanted.email)
        return address.user if address else None
    if is_user_id(wanted.slug or ""):
        return wanted.slug
    slug = table.get(Slug, caller.account, wanted.slug)
    if slug is None:
        raise _no_such_user(wanted)
    return slug.user


def _user_keys(caller: Caller, who: str | None) -> list[Key]:
    return [User.key(caller.account, who)] if who else []


def _new_ids(caller: Caller, who: str | None) -> range:
    """An id for a delegation, and those for the personal workspace of somebody new."""
    return new_ids(caller.account, 1 if who else 1 + workspaces.PERSONAL_IDS)


def _plan_delegee(
    caller: Caller, found: VisibleActivity, who: str | None, wanted: DelegateRequest, ids: list[int]
) -> Change[User]:
    """The delegee; an unknown address becomes a user with the delegation. Raises errors.NotFound."""
    if who is None:
        return users.create_placeholder(caller, wanted.email or "", ids)
    user = found.context.people.get(who)
    if user is None or user.deletion_state:
        raise _no_such_user(wanted)
    return Change(user)


def _no_such_user(wanted: DelegateRequest) -> errors.Problem:
    return errors.NotFound(f"there is no user {wanted.slug or wanted.email}; nothing has been delegated")
