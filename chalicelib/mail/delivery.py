"""TODO."""

SENT, FAILED, UNSENT = "sent", "failed", "unsent"
