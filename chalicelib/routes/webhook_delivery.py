"""Delivery to webhooks: two functions that no request calls.

The table's stream calls one with new entries of the feeds, and the other runs once a minute for what could not be
delivered at once. They import what they need when they run, so that requests do not pay for it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalice.app import DynamoDBEvent

from chalicelib import config
from chalicelib.http.routing import Routes

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.outgoing import Job
    from chalicelib.storage.models.webhooks import DueWebhook
    from chalicelib.storage.unit_of_work import Steps

routes = Routes(__name__)

# The template replaces the ARN by that of the table's stream.
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/table/stream/2026-01-01T00:00:00.000"
PARTS = 8  # webhooks that are delivered to in parallel


@routes.schedule("rate(1 minute)")
def deliver_webhooks(event: Any) -> None:
    """Deliver to the webhooks whose next attempt is due, or that somebody has left a reminder for."""
    from chalicelib.domain.webhooks import delivering
    from chalicelib.http import schedule

    def work(reminders: "list[DueWebhook]") -> "Steps[Any]":
        job = _job(reminders[0].account, reminders[0].webhook, event.context)
        return delivering.follow_reminders(job, reminders)

    parts = [schedule.Part(reminders, work) for reminders in _split(delivering.list_reminders())]
    schedule.process_all(parts, event.context)


@routes.on_dynamodb_record(stream_arn=STREAM, batch_size=100, starting_position="TRIM_HORIZON")
def deliver_new_changes(event: DynamoDBEvent) -> None:
    """Deliver to the webhooks of the accounts whose feeds have new entries.

    A webhook that could not be looked after in time, or whose delivery had an error, gets a reminder: a batch that is
    delivered again would hold up the webhooks of all accounts.
    """
    from chalicelib.domain.webhooks import delivering
    from chalicelib.http import schedule
    from chalicelib.storage import unit_of_work
    from chalicelib.storage.new_entries import accounts_with_new_entries

    left = _list_webhooks(accounts_with_new_entries(event.to_dict()["Records"]))

    def work(named: tuple[int, str]) -> "Steps[Any]":
        run = yield from delivering.deliver(_job(*named, event.context))
        left.discard(named)
        return run

    parts = [schedule.Part(names, work) for names in _split(sorted(left))]
    with suppress(schedule.IncompleteRun):  # the log has the errors
        schedule.process_all(parts, event.context)
    for named in sorted(left):
        unit_of_work.run(partial(delivering.plan_reminder, *named))


def _list_webhooks(accounts: Iterable[int]) -> set[tuple[int, str]]:
    """Return the accounts and ids of the webhooks that get changes of these accounts."""
    from chalicelib.domain.webhooks import delivering

    return {(account, webhook) for account in accounts for webhook in delivering.list_webhooks(account)}


def _split(things: list[Any]) -> list[Iterator[Any]]:
    """Return at most PARTS parts of a list, which are worked on in parallel."""
    return [iter(part) for number in range(PARTS) if (part := things[number::PARTS])]


def _job(account: int, webhook: str, context: Any) -> "Job":
    """Return what a run needs to deliver to a webhook. `context` is the context of the Lambda function."""
    from chalicelib.domain.webhooks.outgoing import Job
    from chalicelib.serializers.changes import serialize_change
    from chalicelib.serializers.common import Links

    links = Links(config.PUBLIC_URL, urlsplit(config.PUBLIC_URL).path)
    return Job(
        account,
        webhook,
        render=lambda change: serialize_change(change, links),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
