"""Alarms: when the alarm of an activity is due, mail the assignee, once.

A run claims an alarm before it sends the mail, by moving the due time in the index CLAIM_SECONDS ahead. Afterwards it
removes the alarm from the index. If a run is cut off in between, the alarm becomes due again when the claim has
expired, so no alarm is lost. Both commits require the version of the activity that was read: of several runs only one
gets the claim, and changes by users are never overwritten.
"""

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import visible_activity
from chalicelib.domain.activities.visible_activity import VIEW
from chalicelib.mail.messages import AlarmMail
from chalicelib.storage import table
from chalicelib.storage.models.activities import ALARM_SHARDS, Activity
from chalicelib.storage.models.base import Ref
from chalicelib.storage.unit_of_work import Change, Steps

CLAIM_SECONDS = 60  # longer than a run may take, so that nobody else sends the same mail meanwhile
MAX_TRIES = 30  # after so many failures, which take about a day, an alarm is given up
FIRST_PAUSE, MAX_PAUSE = 30, 3600  # seconds after a failure; the pause doubles with each further one
RECORDING_PAUSES = (0.1, 0.5, 2.0, 4.0)  # seconds between the attempts to record an outcome

SENT, FAILED, DROPPED, GIVEN_UP = "sent", "failed", "dropped", "given up"


class Alarm(NamedTuple):
    """An alarm that was due, and its outcome."""

    account: int
    activity: int
    outcome: str


class Claim(NamedTuple):
    """The right to send an alarm, identified by a token. `tries` includes the present one."""

    token: str
    tries: int
    mail: AlarmMail
    alarm: Alarm


def list_due_alarms() -> list[Iterator[Ref[Activity]]]:
    """Return the activities whose alarm is due, one iterator for each shard of the index, earliest first."""
    now = clock.now()
    return [table.due_alarms(shard, now) for shard in range(ALARM_SHARDS)]


def send_alarm(ref: Ref[Activity]) -> Steps[Alarm | None]:
    """Send the alarm of an activity. The answer is None if it is not due or somebody has claimed it."""
    claim: Claim | Alarm | None = yield _plan_claim(ref)
    if not isinstance(claim, Claim):
        return Change(claim)
    is_sent: bool = yield claim.mail
    yield from _record_outcome(ref, claim, is_sent)
    return Change(claim.alarm if is_sent else claim.alarm._replace(outcome=FAILED))


def _plan_claim(ref: Ref[Activity]) -> Change[Claim | Alarm | None]:
    """Claim an alarm. Remove it from the index if there is nobody to send it to, or it has failed too often."""
    activity = table.get(ref)
    if activity is None or not activity.alarm_at or activity.alarm_at > clock.now():
        return Change(None)
    tries, mail = (activity.alarm_tries or 0) + 1, _build_mail(activity)
    if tries > MAX_TRIES or mail is None:
        activity.set_alarm(None)
        return Change(Alarm(activity.account, activity.id, GIVEN_UP if mail else DROPPED), [activity])
    claim = Claim(randomness.hex_digits(16), tries, mail, Alarm(activity.account, activity.id, SENT))
    activity.alarm_at, activity.alarm_claim, activity.alarm_tries = clock.in_seconds(CLAIM_SECONDS), claim.token, tries
    return Change(claim, [activity])


def _build_mail(activity: Activity) -> AlarmMail | None:
    """Return the mail to the assignee, or None if the assignee no longer sees the activity."""
    time = activity.block("alarm")["time"] or ""
    assignee = Caller(activity.account, activity.assignee, "", "read")
    try:
        context = visible_activity.enter_activity(assignee, activity, VIEW).context
        user = access.require_active(context.people.get(assignee.user))
    except (errors.NotFound, errors.Forbidden):
        return None
    return AlarmMail(user.email, activity.name, context.workspace.name, time)


def _record_outcome(ref: Ref[Activity], claim: Claim, is_sent: bool) -> Iterator[Change[None]]:
    """Record whether the mail was sent. Try several times, because a mail that is not recorded is sent again."""
    for pause in RECORDING_PAUSES:
        try:
            yield _plan_outcome(ref, claim, is_sent)
        except errors.Problem:
            clock.sleep(pause)
        else:
            return
    yield _plan_outcome(ref, claim, is_sent)


def _plan_outcome(ref: Ref[Activity], claim: Claim, is_sent: bool) -> Change[None]:
    """Remove a sent alarm from the index, or make a failed one due later. Only this step is planned again."""
    activity = table.get(ref)
    if activity is None or activity.alarm_claim != claim.token:
        return Change(None)  # the activity has been deleted, or its alarm set to another time
    if is_sent:
        activity.set_alarm(None)
    else:
        activity.alarm_at = clock.in_seconds(min(FIRST_PAUSE * 2 ** (claim.tries - 1), MAX_PAUSE))
    return Change(None, [activity], replan=lambda: _plan_outcome(ref, claim, is_sent))
