"""No mail goes out before its commit, or of a refused request, and a second one only as documented."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from tests.simulation.checkers.acknowledged import is_refused
from tests.simulation.checkers.items import Item, document_of, is_canonical, kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Event, Mail

NAME = "mails"
LINK = re.compile(r"/(invitations|address-changes)/([0-9A-Za-z_-]+)")
OF_WEBHOOKS = ("hooks.", "webhooks.")  # the processes that tell admins about their webhooks
NEVER = "9999"  # a time after all others
PAUSE = 600  # seconds in which an address gets one mail about a workspace


class Purpose(NamedTuple):
    """The purpose of a mail."""

    kind: str  # workspace, delegation, address or alarm
    about: str
    to: str


class Sent(NamedTuple):
    """A mail that SES accepted, and the time until which its sender alone may send it, as the service writes it."""

    mail: Mail
    claimed_until: str


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield mails without a claim, mails of refused requests, and doubles that nothing explains."""
    claims = _find_claims(timeline)
    sent: dict[Purpose, list[Sent]] = defaultdict(list)
    for mail in timeline.history.mails:
        request = timeline.requests.get(mail.owner)
        if request and request.response and is_refused(request):
            text = f"{mail.owner} was answered with {request.response.status}, but it sent a mail to {mail.to}"
            yield Violation(NAME, f"{text}.", (mail.owner,))
        if _is_copy(mail) or mail.owner.startswith(OF_WEBHOOKS):
            continue  # the checker of webhooks looks after the latter
        claim = _take_claim(claims, mail)
        if claim is None:
            text = f"{mail.owner} sent a mail to {mail.to} in step {mail.step}, which it had not claimed by a commit"
            yield Violation(NAME, f"{text}: {mail.subject}.", (mail.owner,))
        elif mail.is_accepted:
            sent[_purpose_of(claim, mail, request.user if request else "")].append(
                Sent(mail, _claimed_until(timeline, claim))
            )
        if mail.is_accepted:
            yield from _check_invited_again(timeline, mail)
    for purpose, mails in sent.items():
        yield from _check_doubles(timeline, purpose, mails)


def _check_doubles(timeline: Timeline, purpose: Purpose, mails: list[Sent]) -> Iterator[Violation]:
    for (first, claimed_until), (later, own_claim_until) in pairwise(mails):
        is_claimed = later.owner != first.owner and _timestamp(later.at) < claimed_until
        takes_too_long = later.owner != first.owner and _timestamp(later.at) >= own_claim_until
        if not takes_too_long and not _may_follow(timeline, purpose, first, later, is_claimed=is_claimed):
            text = f"{purpose.to} got a mail about {purpose.kind} {purpose.about} from {first.owner}"
            seconds = f"{later.at - first.at:.1f} seconds later"
            yield Violation(NAME, f"{text} and once more from {later.owner}, {seconds}.", (first.owner, later.owner))


def _check_invited_again(timeline: Timeline, mail: Mail) -> Iterator[Violation]:
    """Yield a new invitation to somebody whom the same request has just mailed, and who may have declined since."""
    for change in timeline.by_owner.get(mail.owner, ()):
        is_new = change.is_creation and change.step > mail.step and kind_of(change.item) == "invitation"
        if is_new and is_canonical(change.key, change.item) and text_of(change.item, "email") == mail.to:
            text = f"{mail.owner} mailed {mail.to} in step {mail.step}, and invited this address again"
            yield Violation(NAME, f"{text} in step {change.step}.", (mail.owner,))


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


def _take_claim(claims: dict[str, list[Change]], mail: Mail) -> Change | None:
    """Return the commit that claimed a mail, or None if its sender has not claimed it before."""
    link = LINK.search(mail.text)
    found = claims.get(hashlib.sha256(link[2].encode()).hexdigest() if link else mail.owner, [])
    for claim in found:
        if claim.owner == mail.owner and claim.step <= mail.step and (link or f": {_name(claim)}" in mail.subject):
            found.remove(claim)
            found.append(claim)  # botocore sends a mail again under the same claim; another mail has its own
            return claim
    return None


def _claimed_until(timeline: Timeline, claim: Change) -> str:
    """Return the time at which the claim of a commit ends, or a late one if there is none.

    The claim of an alarm is a time. Others are a time and the request. That of a link is in another row of the commit.
    """
    rows = [one.after for one in timeline.by_owner[claim.owner] if one.commit == claim.commit and one.after]
    names = {"activity": "alarm_at", "user": "confirmation_claim"}
    found = text_of(claim.item, names.get(kind_of(claim.item), "")) or max(map(_mail_claim, rows))
    return found.partition(" ")[0] or NEVER


def _mail_claim(row: Item) -> str:
    """Return the claim of the mail about an invitation or delegation, or an empty text."""
    delegation = text_of(row, "delegation") if kind_of(row) == "activity" else None
    if delegation:
        return json.loads(delegation).get("mail_claim") or ""
    return text_of(row, "mail_claim") or ""


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _purpose_of(claim: Change, mail: Mail, sender: str) -> Purpose:
    """Return the purpose of a mail. The pause between two mails about an address is that of each sender."""
    row = claim.item
    kind = kind_of(row)
    if kind == "user":
        return Purpose("address", f"of user {text_of(row, 'id')} by {sender}", mail.to)
    if kind == "activity":
        return Purpose("alarm", f"{text_of(row, 'id')} at {_alarm_time(mail)}", mail.to)
    workspace, delegation = text_of(row, "workspace"), text_of(row, "delegation")
    return Purpose("workspace", workspace, mail.to) if workspace else Purpose("delegation", delegation or "", mail.to)


def _name(claim: Change) -> str:
    name: str = document_of(claim.item)["name"]
    return name


def _alarm_time(mail: Mail) -> str:
    return mail.text.partition(" was set to ")[2].partition("\n")[0]


def _may_follow(timeline: Timeline, purpose: Purpose, first: Mail, later: Mail, *, is_claimed: bool) -> bool:
    """Return whether a second mail is one of those that are documented.

    The outcome of the first one was not noted, and its claim has expired or the same request tried again; or for
    invitations and addresses, the pause between two mails is over.
    """
    pause = later.at - first.at
    if purpose.kind in ("workspace", "address") and pause >= PAUSE:
        return True
    if not first.is_confirmed:
        return True
    if purpose.kind == "alarm" and _is_alarm_set_again(timeline, purpose, first, later):
        return True
    between = [one for one in timeline.by_owner.get(first.owner, ()) if first.step <= one.step <= later.step]
    is_noted = any(_notes(one, purpose) for one in between)
    if is_noted or is_claimed:
        return False
    if later.owner == first.owner:
        return _had_fault(timeline, first)
    return _was_disturbed(timeline, first, later)


def _had_fault(timeline: Timeline, first: Mail) -> bool:
    """Return whether the store or SES failed after a mail. A race that is lost is no reason to send it again."""
    operations = (one for one in timeline.history.operations if one.owner == first.owner and one.step >= first.step)
    mails = (one for one in timeline.history.mails if one.owner == first.owner)
    return any(one.fault for one in operations) or any(one.fault for one in mails)


def _was_disturbed(timeline: Timeline, first: Mail, later: Mail) -> bool:
    """Return whether anything kept the sender of a mail from recording it: a fault, a lost race, or its end."""
    request = timeline.requests.get(first.owner)
    if request and request.outcome == "failed":
        return True
    operations = (one for one in timeline.history.operations if one.owner == first.owner and one.step >= first.step)
    if any(one.error for one in operations) or _had_fault(timeline, first):
        return True
    names = "event", first.owner  # a run of the scheduled function says when its time limit has ended it
    events = (one for one in timeline.history.entries if isinstance(one, Event) and one.name in names)
    return any(first.step <= one.step <= later.step for one in events)


def _is_alarm_set_again(timeline: Timeline, purpose: Purpose, first: Mail, later: Mail) -> bool:
    """Return whether a client has set an alarm after its mail, perhaps to the same time."""
    return any(
        change.owner in timeline.requests
        and kind_of(change.item) == "activity"
        and text_of(change.item, "id") == purpose.about.partition(" ")[0]
        and text_of(change.after, "alarm_at") not in (None, text_of(change.before, "alarm_at"))
        for change in timeline.changes
        if first.step <= change.step <= later.step
    )


def _notes(change: Change, purpose: Purpose) -> bool:
    """Return whether a commit notes that the mail was sent."""
    if change.after is None:
        return False
    kind, row = kind_of(change.after), change.after
    if purpose.kind == "workspace":
        is_same = kind == "invitation" and text_of(row, "workspace") == purpose.about
        return is_same and text_of(row, "email") == purpose.to and text_of(row, "delivery") == "sent"
    if purpose.kind == "address":
        return kind == "user" and text_of(row, "confirmation_delivery") == "sent"
    if kind != "activity":
        return False
    if purpose.kind == "alarm":
        return text_of(row, "id") == purpose.about.partition(" ")[0] and "alarm_claim" not in row
    delegation = json.loads(text_of(row, "delegation") or "{}")
    return str(delegation.get("id")) == purpose.about and delegation.get("delivery") == "sent"
