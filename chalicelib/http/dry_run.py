"""Dry runs: plan what a request would do, and answer that instead of doing it."""

from typing import TYPE_CHECKING, NamedTuple, cast

from chalicelib.domain.changes.planned_changes import list_planned_changes
from chalicelib.http import confirmation
from chalicelib.http.execution import Execution
from chalicelib.http.negotiation import DRY_RUN_PREFERENCE
from chalicelib.http.response import ApiResponse
from chalicelib.mail.outlines import Mail, outline_mail
from chalicelib.serializers.dry_runs import DrawnValues, serialize_dry_run
from chalicelib.storage import unit_of_work
from chalicelib.storage.planned_rows import PlannedRows
from chalicelib.storage.unit_of_work import Message

if TYPE_CHECKING:  # it loads much that mails do not need
    from chalicelib.webhooks.sending import WebhookMessage


class Outlines(NamedTuple):
    """The messages that a request would send: outlines of mails, and the addresses of webhooks."""

    mails: list[dict[str, str]]
    webhooks: list[str]

    @property
    def all(self) -> list[dict[str, str]]:
        """All messages, for comparing them with those of another dry run."""
        return [*self.mails, *({"webhook": url} for url in self.webhooks)]


def answer_dry_run(execution: Execution) -> ApiResponse:
    """Return what a request would do. Raises the errors that it would raise."""
    planned, outlines = plan_request(execution)
    request = execution.request
    drawn = DrawnValues(frozenset(planned.drawn_numbers), frozenset(planned.drawn_texts))
    with planned.seen_by_reads():
        changes = list_planned_changes(request.caller, planned.writes)
        body = serialize_dry_run(changes, drawn, request.addresses, outlines.mails)
    token = confirmation.issue_token(request.caller, request, planned.commits, outlines.all)
    body |= {"webhook_messages": outlines.webhooks, "confirm_token": token}
    return ApiResponse(body, 200, {"Preference-Applied": DRY_RUN_PREFERENCE, "Cache-Control": "no-store"})


def plan_request(execution: Execution) -> tuple[PlannedRows, Outlines]:
    """Plan a request, and return the rows that it would write, and outlines of what it would send."""
    planned = PlannedRows(_receive)
    with planned.seen_by_reads():
        unit_of_work.run(execution.plan, execution.prepare, execution.author, planned)
    return planned, _outline(planned.messages)


def _receive(message: Message) -> object:
    """Return how sending a message would go. Everything is taken to be accepted."""
    if isinstance(message, Mail):
        return True
    from chalicelib.webhooks.sending import Attempt  # it loads much that mails do not need

    return Attempt(200, None, 0)


def _outline(messages: list[Message]) -> Outlines:
    mails = [outline._asdict() for one in messages if isinstance(one, Mail) for outline in outline_mail(one)]
    others = [cast("WebhookMessage", one) for one in messages if not isinstance(one, Mail)]
    return Outlines(mails, [one.url for one in others])
