"""No mail goes out before its commit, or of a refused request, and a second one only as documented."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.simulation.checkers.items import kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Mail

NAME = "mails"
LINK = re.compile(r"/(invitations|address-changes)/([0-9A-Za-z_-]+)")
PAUSE = 600  # seconds in which an address gets one mail about a workspace
CLAIM = 60  # seconds after which another request may send a mail whose outcome was not noted


class Purpose(NamedTuple):
    """What a mail is for, and the commit that claimed it."""

    kind: str
    about: str
    to: str
    claim: Change


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield mails without a claim, mails of refused requests, and doubles that nothing explains."""
    claims = _find_claims(timeline)
    sent: dict[tuple[str, str, str], list[Mail]] = defaultdict(list)
    for mail in timeline.history.mails:
        request = timeline.requests.get(mail.owner)
        if request and request.response and 400 <= request.response.status < 500:
            text = f"{mail.owner} was answered with {request.response.status}, but it sent a mail to {mail.to}"
            yield Violation(NAME, f"{text}.", (mail.owner,))
        if _is_copy(mail):
            continue
        purpose = _find_purpose(timeline, claims, mail)
        if purpose is None:
            text = f"{mail.owner} sent a mail to {mail.to} in step {mail.step}, which it had not claimed by a commit"
            yield Violation(NAME, f"{text}: {mail.subject}.", (mail.owner,))
        elif mail.is_accepted:
            sent[purpose[:3]].append(mail)
    for (kind, about, to), mails in sent.items():
        for first, later in zip(mails, mails[1:], strict=False):
            if not _may_follow(timeline, kind, first, later):
                text = f"{to} got a mail about {kind} {about} from {first.owner} and once more from {later.owner}"
                yield Violation(NAME, f"{text}, {later.at - first.at:.1f} seconds later.", (first.owner, later.owner))


def _is_copy(mail: Mail) -> bool:
    """Return whether a mail is the copy of an invitation for the inviter, which has no link."""
    return "This is a copy of the invitation" in mail.text


def _find_claims(timeline: Timeline) -> dict[str, list[Change]]:
    """Return the commits that claim mails, by the hash of the token in the link, or by the process for alarms."""
    claims: dict[str, list[Change]] = defaultdict(list)
    for change in timeline.changes:
        if change.after is None:
            continue
        kind = kind_of(change.after)
        if kind == "link_token" and change.is_creation:
            claims[change.key[1].rpartition("#")[2]].append(change)
        elif kind == "user" and "confirmation_hash" in change.after:
            claims[change.after["confirmation_hash"]["S"]].append(change)
        elif kind == "activity" and text_of(change.after, "alarm_claim") not in (
            None,
            text_of(change.before, "alarm_claim"),
        ):
            claims[change.owner].append(change)
    return claims


def _find_purpose(timeline: Timeline, claims: dict[str, list[Change]], mail: Mail) -> Purpose | None:
    """Return what a mail is for, or None if its sender has not claimed it before."""
    link = LINK.search(mail.text)
    found = claims.get(hashlib.sha256(link[2].encode()).hexdigest() if link else mail.owner, ())
    for claim in found:
        if claim.owner != mail.owner or claim.step > mail.step or claim.after is None:
            continue
        row = claim.after
        if kind_of(row) == "user":
            return Purpose("address", f"{row['unconfirmed_email']['S']} of {row['id']['S']}", mail.to, claim)
        if kind_of(row) == "link_token":
            workspace = text_of(row, "workspace")
            name, about = ("workspace", workspace) if workspace else ("delegation", text_of(row, "delegation"))
            return Purpose(name, about or "", mail.to, claim)
        if mail.subject.removeprefix("Alarm: ") in _name(claim):
            return Purpose("alarm", f"{claim.key[1]} {_alarm_time(mail)}", mail.to, claim)
    return None


def _name(claim: Change) -> str:
    return claim.after["doc"]["S"] if claim.after else ""


def _alarm_time(mail: Mail) -> str:
    return mail.text.partition(" was set to ")[2].partition("\n")[0]


def _may_follow(timeline: Timeline, kind: str, first: Mail, later: Mail) -> bool:
    """Return whether a second mail is one of those that are documented.

    The outcome of the first one was not noted, and its claim has expired or the same request tried again; or for
    invitations and addresses, the pause between two mails is over.
    """
    if kind in ("workspace", "address") and later.at - first.at >= PAUSE:
        return True
    if not first.is_confirmed:
        return True
    is_noted = any(first.step <= change.step <= later.step for change in timeline.by_owner.get(first.owner, ()))
    return not is_noted and (later.at - first.at >= CLAIM or later.owner == first.owner)
