"""Alarms: when its time has come, an activity's alarm sends a mail to the assignee, once.

Whoever sends it first claims it, by putting off in the index when it is due, and takes it out of the index afterwards.
What is cut off in between is due again when the claim has run out, so that nothing is lost. Both are committed only in
the version of the activity that was read: of several at once one gets the claim, and what users change stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import visible_activity
from chalicelib.mail.messages import AlarmMail
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.marks import MARK
from chalicelib.storage.models.activities import ALARM_SHARDS, Activity
from chalicelib.storage.models.base import Key
from chalicelib.storage.unit_of_work import Change

CLAIM_SECONDS = 60  # seconds; longer than a run may take, so that nobody else is at what is being sent
MAX_TRIES = 30  # that fail until an alarm is given up, which take a day:
FIRST_PAUSE, MAX_PAUSE = 30, 3600  # seconds, twice as many after each try
NOTE_PAUSES = (0.1, 0.5, 2.0, 4.0)  # seconds between the tries to note what was done

SENT, FAILED, DROPPED, GIVEN_UP = "sent", "failed", "dropped", "given up"


@dataclass(frozen=True)
class Alarm:
    """An alarm that was due, and what became of it."""

    account: int
    activity: int
    outcome: str


@dataclass(frozen=True)
class Claim:
    """An alarm that nobody else sends meanwhile, by its token; `tries` counts this one too."""

    token: str
    tries: int
    mail: AlarmMail
    sent: Alarm


def list_due_alarms() -> list[Iterator[Key]]:
    """Where there are alarms whose time has come, in several parts, each with the earliest first."""
    now = clock.now()
    return [table.due_alarms(shard, now) for shard in range(ALARM_SHARDS)]


def send_alarm(key: Key) -> Alarm | None:
    """Sends one alarm, unless it turns out not to be due, or somebody else is at it. Answers what became of it."""
    claim = unit_of_work.run_with_retries(lambda: _claim(key))
    if not isinstance(claim, Claim):
        return claim
    is_sent = claim.mail.send()
    _record_outcome(key, claim, is_sent)
    return claim.sent if is_sent else replace(claim.sent, outcome=FAILED)


def _claim(key: Key) -> Change[Claim | Alarm | None]:
    activity = _read(key)
    if activity is None or not activity.alarm_at or activity.alarm_at > clock.now():
        return Change(None)
    tries, mail = (activity.alarm_tries or 0) + 1, _mail(activity)
    if tries > MAX_TRIES or mail is None:
        activity.set_alarm(None)
        return Change(Alarm(activity.account, activity.id, GIVEN_UP if mail else DROPPED), [activity])
    claim = Claim(randomness.hex_digits(16), tries, mail, Alarm(activity.account, activity.id, SENT))
    activity.alarm_at, activity.alarm_claim, activity.alarm_tries = clock.in_seconds(CLAIM_SECONDS), claim.token, tries
    return Change(claim, [activity])


def _mail(activity: Activity) -> AlarmMail | None:
    """The mail to the assignee; None for somebody who no longer sees the activity."""
    assignee = Caller(activity.account, activity.doc["assignee"].removeprefix(MARK), "", "read")
    try:
        found = visible_activity.enter_activity(assignee, activity, visible_activity.VIEW).context
        user = access.require_active(found.people.get(assignee.user))
    except (errors.NotFound, errors.Forbidden):
        return None
    return AlarmMail(user.email, activity.doc["name"], found.workspace.name, activity.doc["alarm"]["time"])


def _record_outcome(key: Key, claim: Claim, is_sent: bool) -> None:
    """Notes how the sending went. It is tried hard, since a mail of which nothing is noted goes out once more."""
    for pause in NOTE_PAUSES:
        try:
            return unit_of_work.run_with_retries(lambda: _plan_outcome(key, claim, is_sent))
        except errors.Problem:
            clock.sleep(pause)
    return unit_of_work.run_with_retries(lambda: _plan_outcome(key, claim, is_sent))


def _plan_outcome(key: Key, claim: Claim, is_sent: bool) -> Change[None]:
    activity = _read(key)
    if activity is None or activity.alarm_claim != claim.token:
        return Change(None)  # deleted, or set anew meanwhile
    if is_sent:
        activity.set_alarm(None)
    else:
        activity.alarm_at = clock.in_seconds(min(FIRST_PAUSE * 2 ** (claim.tries - 1), MAX_PAUSE))
    return Change(None, [activity])


def _read(key: Key) -> Activity | None:
    item = table.get_many([key]).get(key)
    return item if isinstance(item, Activity) else None
