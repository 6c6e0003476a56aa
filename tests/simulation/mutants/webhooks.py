"""Mistakes in the delivery to webhooks."""

from functools import partial

from tests.simulation.mutants.mutant import Mutant

SENT = partial(Mutant, scenario="changes are sent to webhooks")
ATTEMPTS = "chalicelib/domain/webhooks/attempts.py"
CLAIMS = "chalicelib/domain/webhooks/claims.py"
DELIVERING = "chalicelib/domain/webhooks/delivering.py"
OUTGOING = "chalicelib/domain/webhooks/outgoing.py"
WEBHOOKS = "chalicelib/domain/webhooks/webhooks.py"

WEBHOOK_MUTANTS = [
    SENT(
        "cursor_moved_by_failures",
        ATTEMPTS,
        "    state.attempts += 1\n",
        "    state.attempts += 1\n    state.cursor += 1\n",
        "The cursor moves behind a change that the receiver has not accepted.",
    ),
    SENT(
        "webhook_claim_unchecked",
        CLAIMS,
        '        if state.claim is not None and (state.claim_until or "") > clock.now():\n',
        "        if False:\n",
        "Two runs deliver to a webhook at the same time.",
    ),
    SENT(
        "lost_claim_unnoticed",
        CLAIMS,
        "        return found if found and found[1].claim == self.token else None\n",
        "        return found\n",
        "A run goes on although another one has taken its claim.",
    ),
    SENT(
        "webhook_kinds_ignored",
        OUTGOING,
        "if not webhook.kinds or one.kind in webhook.kinds",
        "if True",
        "A webhook gets changes of all kinds.",
    ),
    SENT(
        "webhook_goes_on_after_failure",
        DELIVERING,
        "(yield from attempts.send_twice(claim, message)) != NEXT:\n            return\n",
        "(yield from attempts.send_twice(claim, message)) == 0:\n            return\n",
        "After a failure the next change is sent.",
    ),
    SENT(
        "failure_not_recorded",
        ATTEMPTS,
        "    save = [state, delivery, *rows]\n",
        "    save = [state, delivery, *rows] if attempt.is_success else [state, *rows]\n",
        "A failed attempt is not among the deliveries.",
    ),
    SENT(
        "old_secret_dropped",
        WEBHOOKS,
        "    webhook.old_secret = webhook.secret if overlap else None\n",
        "    webhook.old_secret = None\n",
        "After a rotation the old secret does not sign any more.",
    ),
    SENT(
        "changed_webhook_unnoticed",
        ATTEMPTS,
        "    return webhook.enabled and webhook.url == sent.url and",
        "    return True or",
        "The rest of a batch goes to a webhook as it was before it was disabled, moved or rotated.",
    ),
    SENT(
        "retry_not_scheduled",
        ATTEMPTS,
        "    return REREAD, [claim.remind(state.next_attempt_at)]\n",
        "    return REREAD, []\n",
        "After two failures nobody tries again before the next change.",
    ),
]
