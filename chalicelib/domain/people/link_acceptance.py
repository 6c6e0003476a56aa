"""Links in mails: what they lead to, and accepting it by them, also for people who have no credentials yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit, credentials, link_tokens
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.activities import delegations
from chalicelib.domain.people import invitation_responses
from chalicelib.domain.people.invitations import ACCEPTED, PENDING
from chalicelib.domain.workspaces.workspaces import Fields
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change

INVITATION, DELEGATION = "invitation", "delegation"


@dataclass(frozen=True)
class OpenedLink:
    """What the link in a mail opens: for whom, by whom, and to what workspace or activity."""

    kind: str
    user: User
    inviter: User
    to: str
    holder: Caller
    token: LinkToken
    accepted: Callable[[], Change[Any]]


def open_link(token: str) -> OpenedLink:
    """What a link leads to. Raises errors.NotFound: used, expired, decided or never given out."""
    known = link_tokens.find_link_token(token)
    if known is None:
        _not_found()
    link = _to_workspace(*known) if known[1].invitation else _to_activity(*known)
    return _not_found() if link.user.deletion_state else link


def accept_link(link: OpenedLink, names: Fields) -> Change[IssuedCredential | None]:
    """Accepts by a link, which ends it. Who was only an address becomes a user by that name, with a credential."""
    change = link.accepted()
    change = replace(change, answer=None, delete=[*change.delete, link.token])
    user = link.user
    if not user.is_placeholder:
        return change
    event = audit.build_event(link.holder, "update", audit.USER, user.id, audit.differences(user, names))
    user.first_name, user.last_name, user.is_placeholder = names["first_name"], names["last_name"], False
    issued = credentials.issue_credential(link.holder, user.id, label=link.kind)
    return change.and_save(user, event, *issued.save).with_answer(issued.answer)


def _to_workspace(holder: Caller, token: LinkToken) -> OpenedLink:
    found = invitation_responses.read_invitation(holder.account, token)
    shown = found.shown
    if shown.invitation.state != PENDING:
        _not_found()
    people = (shown.people[holder.user], shown.people[token.inviter])
    accepted = partial(invitation_responses.plan_decision, holder, found, ACCEPTED)
    return OpenedLink(INVITATION, *people, shown.workspace.name, holder, token, accepted)


def _to_activity(holder: Caller, token: LinkToken) -> OpenedLink:
    row = delegations.get_own_row(holder, token.delegation)
    if row.state != PENDING:
        _not_found()
    found = delegations.enter_open_delegation(holder, row, "accept", people=[token.inviter])
    people = (found.context.people[holder.user], found.context.people[token.inviter])
    accepted = partial(delegations.plan_decision, holder, found, "accept")
    return OpenedLink(DELEGATION, *people, found.activity.doc["name"], holder, token, accepted)


def _not_found() -> NoReturn:
    raise errors.NotFound("this link leads nowhere any more")
