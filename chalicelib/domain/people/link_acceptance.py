"""Accept invitations and delegations by the link in a mail. No credentials are needed for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit, credentials, link_tokens
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.activities import delegations
from chalicelib.domain.people import invitation_responses
from chalicelib.domain.people.invitations import ACCEPTED, PENDING
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change

INVITATION, DELEGATION = "invitation", "delegation"
LINK_NOT_FOUND = "This link is no longer valid."


class OpenedLink(NamedTuple):
    """An invitation or delegation that a link leads to: for which user, from whom, to which workspace or activity.

    `caller` acts for the user, who has no credential. `plan_acceptance` returns the change that accepts it.
    """

    kind: str
    user: User
    inviter: User
    to: str
    caller: Caller
    token: LinkToken
    plan_acceptance: Callable[[], Change[Any]]


def open_link(token: str) -> OpenedLink:
    """Return what a link leads to.

    Raises errors.NotFound if the token is unknown, used or expired, or if what it leads to has been decided.
    """
    caller_and_token = link_tokens.find_link_token(token)
    if caller_and_token is None:
        raise errors.NotFound(LINK_NOT_FOUND)
    caller, token_row = caller_and_token
    link = _open_invitation(caller, token_row) if token_row.invitation else _open_delegation(caller, token_row)
    if link.user.deletion_state:
        raise errors.NotFound(LINK_NOT_FOUND)
    return link


def accept_link(link: OpenedLink, names: JsonObject) -> Change[IssuedCredential | None]:
    """Accept the invitation or delegation, and delete the token.

    A placeholder user becomes an ordinary one with these names, and gets a credential, which is returned.
    """
    change = link.plan_acceptance()
    change = replace(change, answer=None, delete=[*change.delete, link.token], author=link.caller.as_author())
    user = link.user
    if not user.is_placeholder:
        return change
    event = audit.build_event(link.caller, "update", audit.USER, user.id, audit.differences(user, names))
    user.first_name, user.last_name, user.is_placeholder = names["first_name"], names["last_name"], False
    issued = credentials.issue_credential(link.caller, user.id, label=link.kind)
    return change.and_save(user, event, *issued.save).with_answer(issued.answer)


def _open_invitation(caller: Caller, token: LinkToken) -> OpenedLink:
    """Return the pending invitation that a token belongs to. Raises errors.NotFound."""
    context = invitation_responses.read_linked_invitation(caller.account, token)
    if context.view.invitation.state != PENDING or not context.is_still_allowed:
        raise errors.NotFound(LINK_NOT_FOUND)
    people = context.view.people
    plan_acceptance = partial(invitation_responses.plan_decision, caller, context, ACCEPTED)
    workspace = context.view.workspace.name
    return OpenedLink(INVITATION, people[caller.user], people[token.inviter], workspace, caller, token, plan_acceptance)


def _open_delegation(caller: Caller, token: LinkToken) -> OpenedLink:
    """Return the pending delegation that a token belongs to. Raises errors.NotFound."""
    row = delegations.get_own_row(caller, token.delegation)
    if row.state != PENDING:
        raise errors.NotFound(LINK_NOT_FOUND)
    visible = delegations.enter_open_delegation(caller, row, "accept", people=[token.inviter])
    people = visible.context.people
    plan_acceptance = partial(delegations.plan_decision, caller, visible, "accept")
    activity = visible.activity.name
    return OpenedLink(DELEGATION, people[caller.user], people[token.inviter], activity, caller, token, plan_acceptance)
