"""Delegate and redelegate activities: create the delegation, and mail the delegee."""

from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import link_tokens, users
from chalicelib.domain.activities import copies, delegations, lifecycle, visible_activity
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.delegations import DelegationView
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.activities.visible_activity import VIEW, ActivityContext, VisibleActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.json_text import JsonObject
from chalicelib.mail.delivery import FAILED, SENT, UNSENT, claim_mail, may_send
from chalicelib.mail.messages import DelegationMail
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition, Steps


class DelegateRequest(NamedTuple):
    """A delegee, named by slug, user id or e-mail address, and a note.

    `request_id` claims the mail for this request.
    """

    slug: str | None
    email: str | None
    note: str | None
    request_id: str

    def refuse(self, detail: str) -> errors.Problem:
        """Return the error that the field which names the delegee is wrong."""
        return errors.Invalid([{"pointer": "#/slug" if self.slug else "#/email", "detail": detail}])


def delegate(caller: Caller, activity_id: int, request: DelegateRequest, *, sign_off: bool) -> Steps[PlacedActivity]:
    """Delegate an activity. For an unknown e-mail address a placeholder user is created.

    The owner of the workspace, the creator and the assignee may do so; other members only while
    `allow_take_over_by_members` is set. Delegating to the same delegee again changes nothing, but it sends the mail if
    that could not be sent before.

    Raises errors.NotFound, errors.Forbidden, errors.Invalid and errors.Conflict.
    """
    activity, delegee_id = run_both(
        lambda: visible_activity.read_activity(caller, activity_id), lambda: _find_delegee(caller, request)
    )
    if _is_repetition(caller, activity, delegee_id):
        visible = visible_activity.enter_activity(caller, activity, VIEW)
        change = yield from _resend_mail(caller, visible, request)
    else:
        change = yield from _delegate_to(caller, activity, delegee_id, request, sign_off)
    return change.with_answer(change.answer.placed(caller))


def _delegate_to(
    caller: Caller, activity: Activity, delegee_id: str | None, request: DelegateRequest, sign_off: bool
) -> Steps[VisibleActivity]:
    """Delegate an activity that was read to a delegee who does not have it yet. None stands for an unknown address."""
    permission = visible_activity.required_permission(caller, activity, "delegate")
    delegee_refs = _user_refs(caller, delegee_id)
    visible, (delegation_id, *workspace_ids) = run_both(  # if the caller is refused, the new ids stay unused
        lambda: visible_activity.enter_activity(caller, activity, permission, refs=delegee_refs),
        lambda: _new_ids(caller, delegee_id),
    )
    lifecycle.next_state(activity.state, "delegate", activity.delegation)
    delegee = _plan_delegee(caller, visible, delegee_id, request, workspace_ids)
    if delegee.answer.id == caller.user:
        raise request.refuse("must be somebody other than yourself")
    details = {"id": delegation_id, "delegator": caller.user, "note": request.note, "sign_off": sign_off}
    preparation: Change[None] = Change(None, delete=copies.all_copies(caller, activity))
    return (yield from _begin(caller, visible, delegee, details, preparation, request))


def redelegate(caller: Caller, delegation_id: int, request: DelegateRequest) -> Steps[DelegationView]:
    """Pass a delegation on to somebody else. It ends, and a new one begins in the name of the same delegator.

    Delegator and delegee may do so. If the delegation has been passed on to the same person already, this sends the
    mail if it could not be sent before. Raises errors.NotFound, errors.Forbidden, errors.Invalid and errors.Conflict.
    """
    row, delegee_id = run_both(
        lambda: delegations.get_own_row(caller, delegation_id), lambda: _find_delegee(caller, request)
    )
    visible = _find_unfinished_redelegation(caller, row, delegee_id)
    if visible:
        change = yield from _resend_mail(caller, visible, request)
    else:
        change = yield from _redelegate_to(caller, row, delegee_id, request)
    activity = change.answer.activity
    return change.with_answer(
        delegations.view(change.answer, copies.delegation_document(activity, activity.delegation))
    )


def _find_unfinished_redelegation(caller: Caller, row: Delegation, delegee_id: str | None) -> VisibleActivity | None:
    """Return the activity of a delegation that was passed on to this delegee, if the mail has not been sent yet.

    The caller was a party to the former delegation, and may finish what an earlier request began.
    """
    if row.state != lifecycle.REDELEGATED or delegee_id is None:
        return None
    activity = table.get(Activity.ref(caller.account, row.activity))
    delegation = (activity.delegation if activity else None) or {}
    if activity is None or (delegation.get("former"), delegation.get("delegee")) != (row.id, delegee_id):
        return None
    if delegation["state"] != lifecycle.PENDING or delegation["delivery"] == SENT:
        return None
    context = workspaces.read_workspace(caller, activity.workspace, people=copies.involved_users(activity))
    if context.workspace is None or context.workspace.deletion_state:
        return None
    return VisibleActivity(activity, ActivityContext(context.workspace, context.member, context.people, context.rows))


def _redelegate_to(
    caller: Caller, row: Delegation, delegee_id: str | None, request: DelegateRequest
) -> Steps[VisibleActivity]:
    """Pass an open delegation on to another delegee. None stands for an unknown address."""
    delegee_refs = _user_refs(caller, delegee_id)
    visible, (new_id, *workspace_ids) = run_both(
        lambda: delegations.enter_open_delegation(caller, row, "redelegate", refs=delegee_refs),
        lambda: _new_ids(caller, delegee_id),
    )
    delegations.require_verb_allowed(caller, visible, "redelegate")
    activity = visible.activity
    delegee = _plan_delegee(caller, visible, delegee_id, request, workspace_ids)
    if delegee.answer.id in copies.delegation_parties(activity):
        raise request.refuse("must be somebody other than the delegator and the delegee")
    details = activity.delegation | {"id": new_id, "note": request.note, "former": row.id}
    preparation = _plan_end_of_former_delegation(caller, visible)
    return (yield from _begin(caller, visible, delegee, details, preparation, request))


def _plan_end_of_former_delegation(caller: Caller, visible: VisibleActivity) -> Change[None]:
    """End the delegation that is passed on. The activity returns to the delegator if it had been accepted."""
    copies_before = copies.all_copies(caller, visible.activity)
    preconditions = delegations.return_to_delegator(caller, visible)
    past_delegation = copies.apply_to_delegation(caller, visible.activity, "redelegate")
    return Change(None, past_delegation, copies_before, preconditions)


def _begin(
    caller: Caller,
    visible: VisibleActivity,
    delegee: Change[User],
    details: JsonObject,
    preparation: Change[None],
    request: DelegateRequest,
) -> Steps[VisibleActivity]:
    """Save a new delegation with these details, and mail the delegee. The answer is the activity as it is then.

    `preparation` has the rows and preconditions of what precedes it in the same commit; its rows to delete are the
    former copies of the activity.
    """
    activity, user, now = visible.activity, delegee.answer, clock.now()
    details = details | {"delegee": user.id, "state": lifecycle.PENDING, "created_at": now, "updated_at": now}
    details |= {"reason": None, "delivery": UNSENT, "origin": activity.workspace, "stack": activity.stack}
    activity.delegation = details
    token, token_row = _claim_mail(caller, activity, request)
    change = copies.plan_rewrite(caller, activity, preparation.delete)
    preconditions = [*preparation.preconditions, *_require_people_and_place(caller, visible, user, request)]
    yield change.and_save(*preparation.save, *delegee.save, token_row).with_preconditions(*preconditions)
    people = visible.context.people | {user.id: user}
    visible = visible._replace(context=visible.context._replace(people=people))
    return (yield from _send_mail(caller, visible, token))


def _require_people_and_place(
    caller: Caller, visible: VisibleActivity, delegee: User, request: DelegateRequest
) -> list[Precondition]:
    """Require that the workspace is still open, and both people still belong to the account, at the commit."""
    return [
        workspaces.require_workspace_open(caller, visible.activity.workspace, ACTIVITY_NOT_FOUND),
        access.require_user_active(caller.account, caller.user),
        access.require_user_active(caller.account, delegee.id, _user_not_found(request)),
    ]


def _resend_mail(caller: Caller, visible: VisibleActivity, request: DelegateRequest) -> Steps[VisibleActivity]:
    """Send the mail, with a new link, unless it has been sent or is just being sent."""
    activity, delegation = visible.activity, visible.activity.delegation
    if not may_send(delegation["delivery"], delegation.get("mail_claim"), request.request_id):
        return Change(visible)
    token, token_row = _claim_mail(caller, activity, request)
    yield Change(None, [activity, token_row])
    return (yield from _send_mail(caller, visible, token))


def _is_repetition(caller: Caller, activity: Activity, delegee_id: str | None) -> bool:
    """Return whether the activity has a pending delegation by the caller to the same delegee."""
    delegation = activity.delegation or {}
    parties = (delegation.get("delegator"), delegation.get("delegee"))
    return parties == (caller.user, delegee_id) and delegation["state"] == lifecycle.PENDING


def _claim_mail(caller: Caller, activity: Activity, request: DelegateRequest) -> tuple[str, LinkToken]:
    """Claim the mail about the delegation of an activity for this request.

    Return a new token with which the delegee can accept by a link, and the row that stores its hash.
    """
    delegation = activity.delegation = activity.delegation | {"mail_claim": claim_mail(request.request_id)}
    return link_tokens.issue_link_token(caller.account, delegation["delegee"], caller.user, delegation=delegation["id"])


def _send_mail(caller: Caller, visible: VisibleActivity, token: str) -> Steps[VisibleActivity]:
    """Mail the delegee, and record whether it was sent."""
    activity, people = visible.activity, visible.context.people
    delegation = activity.delegation
    is_sent: bool = yield DelegationMail(
        email=people[delegation["delegee"]].email,
        delegator=people[caller.user].name_or_email,
        activity=activity.name,
        note=delegation["note"] or "",
        link_path=link_tokens.link_path(token),
    )
    return _plan_outcome(caller, activity, delegation["id"], is_sent=is_sent).with_answer(visible)


def _plan_outcome(caller: Caller, activity: Activity | None, delegation_id: int, *, is_sent: bool) -> Change[None]:
    """Record whether the mail was sent, if the activity still has the delegation. Only this step is planned again."""
    if activity is None or (activity.delegation or {}).get("id") != delegation_id:
        return Change(None)
    outcome = {"delivery": SENT if is_sent else FAILED, "mail_claim": None}
    activity.delegation = activity.delegation | outcome
    activity_id = activity.id

    def replan() -> Change[None]:
        current = table.get(Activity.ref(caller.account, activity_id))
        return _plan_outcome(caller, current, delegation_id, is_sent=is_sent)

    return Change(None, [activity, *copies.delegation_copies(caller, activity)], replan=replan)


def _find_delegee(caller: Caller, request: DelegateRequest) -> str | None:
    """Return the user id of the delegee, or None for an e-mail address of no user. Raises errors.NotFound."""
    if request.email:
        address = table.get(EmailAddress.ref(caller.account, request.email))
        return address.user if address else None
    if is_user_id(request.slug or ""):
        return request.slug
    slug = table.get(Slug.ref(caller.account, request.slug or ""))
    if slug is None:
        raise _user_not_found(request)
    return slug.user


def _user_refs(caller: Caller, user_id: str | None) -> list[Ref[User]]:
    return [User.ref(caller.account, user_id)] if user_id else []


def _new_ids(caller: Caller, delegee_id: str | None) -> range:
    """Return a new id for a delegation, followed by those for the personal workspace of a new delegee."""
    return new_ids(caller.account, 1 if delegee_id else 1 + workspaces.PERSONAL_IDS)


def _plan_delegee(
    caller: Caller, visible: VisibleActivity, delegee_id: str | None, request: DelegateRequest, workspace_ids: list[int]
) -> Change[User]:
    """Return the delegee; create a placeholder user for an unknown e-mail address. Raises errors.NotFound."""
    if delegee_id is None:
        return users.create_placeholder(caller, request.email or "", workspace_ids)
    user = visible.context.people.get(delegee_id)
    if user is None or user.deletion_state:
        raise _user_not_found(request)
    return Change(user)


def _user_not_found(request: DelegateRequest) -> errors.Problem:
    return errors.NotFound(f"There is no user {request.slug or request.email}. Nothing has been delegated.")
