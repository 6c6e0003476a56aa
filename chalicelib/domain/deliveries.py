"""The mails that invitations bring: what proves that one was received, and how each went."""

from collections.abc import Sequence

from chalicelib.dataclass import dataclass
from chalicelib.domain import proofs
from chalicelib.domain.workspaces import People
from chalicelib.letters import InvitationMail
from chalicelib.storage import changes
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Item
from chalicelib.storage.records import Token
from chalicelib.storage.spaces import Invitation

SENT, FAILED, UNSENT = "sent", "failed", "unsent"


@dataclass(frozen=True)
class Letter:
    """An invitation as it is kept twice, and the token of the mail that is still to be sent, if it is."""

    copies: list[Invitation]
    people: People
    token: str | None = None
    saves: Sequence[Item] = ()  # before the mail may go out
    requires: Sequence[Requirement] = ()


def proof(account: int, invitation: Invitation) -> tuple[str, Token]:
    """What proves that an invitation was received, and what is kept of it."""
    about = {"invitation": invitation.id, "workspace": invitation.workspace}
    return proofs.issued(account, invitation.user, invitation.inviter, **about)


def again(account: int, copies: list[Invitation], people: People) -> Letter:
    """Of an invitation that is in place: to be sent, under a new token, unless that has been done."""
    if copies[0].delivery == SENT:
        return Letter(copies, people)
    token, kept = proof(account, copies[0])
    return Letter(copies, people, token, [kept])


def tell(letters: Sequence[Letter], workspace: str, base: str, copy_to: str | None) -> Change[None]:
    """Sends the mails that are still to be sent, and notes how each went before the next; the last is left to note.

    Cut off in between, no more than one is sent twice when they are invited again.
    """
    noted: Change[None] = Change(None)
    for letter in letters:
        if letter.token:
            changes.commit(noted)
            sent = _mail(letter, workspace, proofs.link(base, letter.token)).send(copy_to)
            for copy in letter.copies:
                copy.delivery = SENT if sent else FAILED
            noted = Change(None, saves=letter.copies)
    return noted


def _mail(letter: Letter, workspace: str, link: str) -> InvitationMail:
    inviter = letter.people[letter.copies[0].inviter]
    return InvitationMail(letter.copies[0].email, inviter.name_or_email, workspace, link)
