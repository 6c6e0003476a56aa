"""The state of a mail, shown as `delivery` by invitations and delegations, and the claim of the request that sends it.

A mail is `sent` once Amazon SES has accepted it, `failed` if SES refused it or could not be reached, and `unsent`
until it has been tried.

A request claims a mail in the commit before it sends it, so that nobody else sends it as well. The claim ends with the
commit that records the outcome. If the request is cut off before that, the claim expires after CLAIM_SECONDS, and
another request may send the mail. SES may have accepted it already: then it is sent twice.
"""

from chalicelib import clock

SENT, FAILED, UNSENT = "sent", "failed", "unsent"
CLAIM_SECONDS = 60  # longer than a client waits: API Gateway answers after 29 seconds


def claim_mail(request_id: str) -> str:
    """Return the claim of a request, to be stored beside the `delivery` of the mail."""
    return f"{clock.in_seconds(CLAIM_SECONDS)} {request_id}"


def may_send(delivery: str, claim: str | None, request_id: str) -> bool:
    """Return whether a request may send a mail: it has not been sent, and no other request is sending it."""
    until, _, owner = (claim or "").partition(" ")
    is_claimed_by_another = owner != request_id and clock.now() < until
    return delivery != SENT and not is_claimed_by_another
