"""Smaller limits of the service in some seeds, so that a few rows take the paths that otherwise take a hundred."""

import random

from chalicelib.domain.activities import deletion
from chalicelib.domain.people import invitations
from chalicelib.http import idempotency
from chalicelib.storage import transactions

SMALL_WRITES = 12  # of one transaction: some three items
SMALL_INVITATIONS = 2  # in one transaction
SMALL_CHUNK = 1_500  # bytes of a kept answer in one row
REAL_WRITES, REAL_INVITATIONS = transactions.MAX_WRITES, invitations.INVITATIONS_PER_TRANSACTION
REAL_CHUNK = idempotency.CHUNK_SIZE


def set_limits(*, are_small: bool) -> None:
    """Let deletions, invitations and kept answers be divided when they are small, or as on AWS."""
    writes = SMALL_WRITES if are_small else REAL_WRITES
    setattr(transactions, "MAX_WRITES", writes)  # noqa: B010 - its type is that of a constant
    setattr(deletion, "MAX_WRITES", writes)  # noqa: B010
    deletion.BATCH_SIZE = writes // deletion.WRITES_WITHIN_WORKSPACE
    invitations.INVITATIONS_PER_TRANSACTION = SMALL_INVITATIONS if are_small else REAL_INVITATIONS
    idempotency.CHUNK_SIZE = SMALL_CHUNK if are_small else REAL_CHUNK


def draw_limits(seed: object) -> None:
    """Choose the limits of a seed: small ones in half of them."""
    set_limits(are_small=random.Random(f"{seed}/limits").random() < 0.5)
