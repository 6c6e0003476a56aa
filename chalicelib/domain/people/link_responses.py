"""Accept or decline invitations and delegations by the link in a mail. No credentials are needed for it.

A token stays stored after its link was used, until it expires. It opens nothing more, because what it leads to has been
decided. But whoever opens the link again can be told so.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import accounts, audit, credentials, link_tokens
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.activities import delegations
from chalicelib.domain.people import invitation_responses
from chalicelib.domain.people.invitations import ACCEPTED, DECLINED, PENDING
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change

INVITATION, DELEGATION = "invitation", "delegation"
ACCEPT, DECLINE = "accept", "decline"
DECISIONS = {ACCEPT: ACCEPTED, DECLINE: DECLINED}
UNKNOWN, EXPIRED, WITHDRAWN = "unknown", "expired", "withdrawn"
REASONS = {"done": ACCEPTED, ACCEPTED: ACCEPTED, DECLINED: DECLINED}  # by the state of an invitation or delegation


class ClosedLink(errors.NotFound):
    """A link that cannot be used.

    `reason` is UNKNOWN, or for those who have a token that was sent to them: EXPIRED, ACCEPTED, DECLINED or WITHDRAWN.
    `kind` is INVITATION or DELEGATION, as far as that is known.
    """

    def __init__(self, reason: str, kind: str = INVITATION) -> None:
        super().__init__("This link is no longer valid.")
        self.reason, self.kind = reason, kind


class OpenedLink(NamedTuple):
    """An invitation or delegation that a link leads to: for which user, from whom, to which workspace or activity.

    `account` is the organisation. `caller` acts for the user, who has no credential. `plan` returns
    the change that accepts or declines it.
    """

    kind: str
    user: User
    inviter: User
    to: str
    account: Account
    caller: Caller
    token: LinkToken
    plan: Callable[[str], Change[Any]]


def open_link(token: str) -> OpenedLink:
    """Return what a link leads to.

    Raises ClosedLink if the token is unknown or expired, or if what it leads to has been decided or withdrawn.
    """
    caller_and_token = link_tokens.find_link_token(token)
    if caller_and_token is None:
        raise ClosedLink(UNKNOWN)
    caller, token_row = caller_and_token
    kind, open_kind = (
        (INVITATION, _open_invitation) if token_row.invitation is not None else (DELEGATION, _open_delegation)
    )
    if token_row.ttl <= clock.current_time():
        raise ClosedLink(EXPIRED, kind)
    try:
        link = open_kind(caller, token_row)
    except ClosedLink:
        raise
    except errors.NotFound:
        raise ClosedLink(WITHDRAWN, kind) from None
    if link.user.deletion_state:
        raise ClosedLink(WITHDRAWN, kind)
    return link


def accept_link(link: OpenedLink, names: JsonObject) -> Change[IssuedCredential | None]:
    """Accept the invitation or delegation.

    A placeholder user becomes an ordinary one with these names, and gets a credential, which is returned.
    """
    change = replace(link.plan(ACCEPT), answer=None, author=link.caller.as_author())
    user = link.user
    if not user.is_placeholder:
        return change
    event = audit.build_event(link.caller, "update", audit.USER, user.id, audit.differences(user, names))
    user.first_name, user.last_name, user.is_placeholder = names["first_name"], names["last_name"], False
    policy = link.account.confirms_deletions
    issued = credentials.issue_credential(link.caller, user.id, label=link.kind, confirms_deletions=policy)
    change = change.with_preconditions(accounts.require_same_policy(link.account))
    return change.and_save(user, event, *issued.save).with_answer(issued.answer)


def decline_link(link: OpenedLink) -> Change[None]:
    """Decline the invitation or delegation. A placeholder user stays one."""
    return replace(link.plan(DECLINE), answer=None, author=link.caller.as_author())


def _open_invitation(caller: Caller, token: LinkToken) -> OpenedLink:
    """Return the pending invitation that a token belongs to. Raises errors.NotFound."""
    context, account = invitation_responses.read_linked_invitation(caller.account, token)
    state = context.view.invitation.state
    if state != PENDING or not context.is_still_allowed:
        raise ClosedLink(REASONS.get(state, WITHDRAWN), INVITATION)
    people, workspace = context.view.people, context.view.workspace.name

    def plan(decision: str) -> Change[Any]:
        return invitation_responses.plan_decision(caller, context, DECISIONS[decision])

    parties = people[caller.user], people[token.inviter]
    return OpenedLink(INVITATION, *parties, workspace, account, caller, token, plan)


def _open_delegation(caller: Caller, token: LinkToken) -> OpenedLink:
    """Return the pending delegation that a token belongs to. Raises errors.NotFound."""
    row = delegations.get_own_row(caller, token.delegation)
    if row.state != PENDING:
        raise ClosedLink(REASONS.get(row.state, WITHDRAWN), DELEGATION)
    account_ref = Account.ref(caller.account)
    visible = delegations.enter_open_delegation(caller, row, ACCEPT, people=[token.inviter], refs=[account_ref])
    people, activity = visible.context.people, visible.activity.name

    def plan(decision: str) -> Change[Any]:
        return delegations.plan_decision(caller, visible, decision)

    parties, account = (people[caller.user], people[token.inviter]), visible.context.rows[account_ref]
    return OpenedLink(DELEGATION, *parties, activity, account, caller, token, plan)
