"""The life of an activity: which verbs fit its state, what state they lead to, and who may.

`make diagram` draws it in the README.
"""

from chalicelib import errors
from chalicelib.schemas import STATES

DRAFT, ACTIVE, PAUSED, FINISHED, APPROVED, REJECTED, DELETED = STATES

# Whatever its state, an activity can be taken over and deleted.
TABLE: dict[str, dict[str, str]] = {
    DRAFT: {"play": ACTIVE, "finish": FINISHED, "take_over": DRAFT, "delete": DELETED},
    ACTIVE: {"pause": PAUSED, "finish": FINISHED, "take_over": ACTIVE, "delete": DELETED},
    PAUSED: {"play": ACTIVE, "finish": FINISHED, "take_over": PAUSED, "delete": DELETED},
    FINISHED: {"approve": APPROVED, "reject": REJECTED, "take_over": FINISHED, "delete": DELETED},
    APPROVED: {"take_over": APPROVED, "delete": DELETED},
    REJECTED: {"play": ACTIVE, "finish": FINISHED, "take_over": REJECTED, "delete": DELETED},
    DELETED: {},
}

# Who may: what domain.access admits to in the workspace, or the delegator who asked for sign-off.
DELEGATOR = "delegator"
BY = {
    "play": "enter",
    "pause": "enter",
    "finish": "enter",
    "approve": DELEGATOR,
    "reject": DELEGATOR,
    "take_over": "take_over",
    "delete": "enter",
}


def fitting(state: str) -> list[str]:
    """The verbs that fit a state, for those who are no delegators."""
    return [verb for verb in TABLE[state] if BY[verb] != DELEGATOR]


def after(state: str, verb: str) -> str:
    """The state that a verb leads to. Raises errors.Conflict, which names the verbs that fit."""
    if verb not in TABLE[state]:
        detail = f"{verb} does not fit an activity that is {state}; what fits is {', '.join(fitting(state))}"
        raise errors.Conflict(detail)
    return TABLE[state][verb]
