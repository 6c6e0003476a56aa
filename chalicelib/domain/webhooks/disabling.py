"""Disabling a webhook that nobody can be reached at, or that nobody stands behind, and telling the admins."""

from collections.abc import Iterator
from itertools import islice

from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit, users
from chalicelib.domain.webhooks.claims import Claim
from chalicelib.mail.messages import DisabledWebhookMail
from chalicelib.schemas.webhooks import DISABLED_REASONS
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.webhooks import Webhook, WebhookState
from chalicelib.storage.unit_of_work import Change

GONE, FAILURES, USER = DISABLED_REASONS
SENTENCES = {
    GONE: "Its receiver has answered with the status 410, which means that it is gone.",
    FAILURES: "Its receiver has not accepted a change for five days.",
    USER: "The user who set it up is no longer an admin of the account.",
}
MAX_MAILS = 50


def disable(claim: Claim, webhook: Webhook, state: WebhookState, reason: str) -> list[Row]:
    """Disable a webhook, and return the rows to save besides its state.

    The reminder makes sure that the admins are told, even if this run is cut off before that.
    """
    webhook.enabled, webhook.disabled_reason = False, reason
    state.next_attempt_at, state.has_unsent_mail = None, True
    claim.renew(state)
    service = Caller(webhook.account, "service", "", "write")
    event = audit.build_event(service, "disable", audit.WEBHOOK, webhook.id, {"reason": reason})
    return [webhook, event, claim.remind(state.claim_until or "")]


def plan_disable(claim: Claim, reason: str) -> Change[None]:
    """Disable a webhook that this run has claimed."""
    found = claim.find()
    if found is None:
        return Change(None)
    webhook, state = found
    rows = disable(claim, webhook, state, reason)
    return Change(None, save=[state, *rows], replan=lambda: plan_disable(claim, reason))


def build_mails(webhook: Webhook) -> Iterator[DisabledWebhookMail]:
    """Return the mails to the admins of the account, at most MAX_MAILS."""
    admins = (user for user in users.list_users(webhook.account) if access.is_admin(user))
    sentence = SENTENCES[webhook.disabled_reason or FAILURES]
    return (
        DisabledWebhookMail(admin.email, webhook.label or webhook.id, webhook.url, sentence)
        for admin in islice(admins, MAX_MAILS)
    )


def plan_mailed(claim: Claim) -> Change[None]:
    """Note that the admins were told, and end the claim."""
    found = claim.find()
    if found is None:
        return Change(None)
    state = found[1]
    state.has_unsent_mail, state.claim, state.claim_until = False, None, None
    return Change(None, save=[state], replan=lambda: plan_mailed(claim))
