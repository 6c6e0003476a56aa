"""Links in mails: what they lead to, and accepting it by them, also for people who have no credentials yet."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import audit, credentials, decisions, delegations, proofs
from chalicelib.domain.access import Caller
from chalicelib.domain.credentials import Issued
from chalicelib.domain.invitations import ACCEPTED, PENDING
from chalicelib.domain.workspaces import Fields
from chalicelib.storage.changes import Change
from chalicelib.storage.models import User
from chalicelib.storage.records import Token

INVITATION, DELEGATION = "invitation", "delegation"


@dataclass(frozen=True)
class Link:
    """What the link in a mail opens: for whom, by whom, and to what workspace or activity."""

    kind: str
    user: User
    inviter: User
    to: str
    holder: Caller
    token: Token
    accepted: Callable[[], Change[Any]]


def opened(token: str) -> Link:
    """What a link leads to. Raises errors.NotFound: used, expired, decided or never given out."""
    known = proofs.found(token)
    if known is None:
        _absent()
    link = _to_workspace(*known) if known[1].invitation else _to_activity(*known)
    return _absent() if link.user.ending else link


def accept(link: Link, names: Fields) -> Change[Issued | None]:
    """Accepts by a link, which ends it. Who was only an address becomes a user by that name, with a credential."""
    change = link.accepted()
    change = replace(change, answer=None, deletes=[*change.deletes, link.token])
    user = link.user
    if not user.awaited:
        return change
    event = audit.event(link.holder, "update", audit.USER, user.id, audit.differences(user, names))
    user.first_name, user.last_name, user.awaited = names["first_name"], names["last_name"], False
    issued = credentials.create(link.holder, user.id, label=link.kind)
    return change.also(user, event, *issued.saves).answering(issued.answer)


def _to_workspace(holder: Caller, token: Token) -> Link:
    found = decisions.gathered(holder.account, token)
    shown = found.shown
    if shown.invitation.state != PENDING:
        _absent()
    people = (shown.people[holder.user], shown.people[token.inviter])
    accepted = partial(decisions.decided, holder, found, ACCEPTED)
    return Link(INVITATION, *people, shown.workspace.name, holder, token, accepted)


def _to_activity(holder: Caller, token: Token) -> Link:
    row = delegations.own(holder, token.delegation)
    if row.state != PENDING:
        _absent()
    found = delegations.opened(holder, row, "accept", people=[token.inviter])
    people = (found.found.people[holder.user], found.found.people[token.inviter])
    accepted = partial(delegations.decided, holder, found, "accept")
    return Link(DELEGATION, *people, found.activity.doc["name"], holder, token, accepted)


def _absent() -> NoReturn:
    raise errors.NotFound("this link leads nowhere any more")
