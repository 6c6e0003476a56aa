"""The life of an activity and of its delegation: which verbs fit their states, what these lead to, and who may.

`make diagram` draws both in docs/architecture.md.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib import errors
from chalicelib.schemas.activities import ACTIVITY_STATES
from chalicelib.schemas.delegations import DELEGATION_STATES

DRAFT, ACTIVE, PAUSED, FINISHED, APPROVED, REJECTED, DELETED = ACTIVITY_STATES
PENDING, ACCEPTED, DECLINED, TAKEN_BACK, REDELEGATED, DONE = DELEGATION_STATES
OPEN_STATES = (PENDING, ACCEPTED)

# Whatever its state, an activity can be taken over and deleted.
TRANSITIONS: dict[str, dict[str, str]] = {
    DRAFT: {"play": ACTIVE, "finish": FINISHED, "delegate": DRAFT, "take_over": DRAFT, "delete": DELETED},
    ACTIVE: {"pause": PAUSED, "finish": FINISHED, "delegate": ACTIVE, "take_over": ACTIVE, "delete": DELETED},
    PAUSED: {"play": ACTIVE, "finish": FINISHED, "delegate": PAUSED, "take_over": PAUSED, "delete": DELETED},
    FINISHED: {"approve": APPROVED, "reject": REJECTED, "take_over": FINISHED, "delete": DELETED},
    APPROVED: {"take_over": APPROVED, "delete": DELETED},
    REJECTED: {"play": ACTIVE, "finish": FINISHED, "delegate": REJECTED, "take_over": REJECTED, "delete": DELETED},
    DELETED: {},
}

# What each verb makes of the delegation, which goes with its activity when that is deleted. Where sign-off was asked
# for, to finish is not the end of it.
DELEGATION_TRANSITIONS: dict[str, dict[str, str]] = {
    PENDING: {
        "accept": ACCEPTED,
        "decline": DECLINED,
        "take_back": TAKEN_BACK,
        "redelegate": REDELEGATED,
        "finish": TAKEN_BACK,
        "take_over": TAKEN_BACK,
    },
    ACCEPTED: {
        "take_back": TAKEN_BACK,
        "redelegate": REDELEGATED,
        "finish": DONE,
        "approve": DONE,
        "take_over": TAKEN_BACK,
    },
    DECLINED: {},
    TAKEN_BACK: {},
    REDELEGATED: {},
    DONE: {},
}

# Who may: what domain.access admits to in the workspace, or those whom the delegation is between.
DELEGATOR, DELEGEE, EITHER = "delegator", "delegee", "delegator or delegee"
PERFORMED_BY = {
    "play": "enter",
    "pause": "enter",
    "finish": "enter",
    "approve": DELEGATOR,  # if sign-off was asked for
    "reject": DELEGATOR,
    "delegate": "delegate",
    "accept": DELEGEE,
    "decline": DELEGEE,
    "take_back": DELEGATOR,
    "redelegate": EITHER,
    "take_over": "take_over",
    "delete": "enter",
}
SIGN_OFF_VERBS = ("approve", "reject")

Delegation = Mapping[str, Any]


def allowed_verbs(state: str, delegation: Delegation | None = None) -> list[str]:
    """The verbs that fit an activity in that state with that delegation."""
    signs = bool(delegation and delegation["sign_off"] and delegation["state"] == ACCEPTED)
    return [verb for verb in _transitions(state, delegation) if signs or verb not in SIGN_OFF_VERBS]


def next_state(state: str, verb: str, delegation: Delegation | None = None) -> str:
    """The state of the activity that a verb leads to. Raises errors.Conflict, which names the verbs that fit."""
    leads = _transitions(state, delegation)
    if verb not in leads:
        which = f"{state}, and whose delegation is {delegation['state']}" if delegation else state
        fits = ", ".join(allowed_verbs(state, delegation)) or "nothing any more"
        raise errors.Conflict(f"{verb} does not fit an activity that is {which}; what fits is {fits}")
    return leads[verb]


def next_delegation_state(delegation: Delegation, verb: str) -> str:
    """The state of the delegation that a verb leads to."""
    state: str = delegation["state"]
    if verb == "finish" and state == ACCEPTED and delegation["sign_off"]:
        return state
    return DELEGATION_TRANSITIONS[state].get(verb, state)


def _transitions(state: str, delegation: Delegation | None) -> dict[str, str]:
    if not delegation or delegation["state"] not in OPEN_STATES:
        return TRANSITIONS[state]
    own = {verb: state for verb in DELEGATION_TRANSITIONS[delegation["state"]] if verb not in STATE_VERBS}
    return {verb: to for verb, to in TRANSITIONS[state].items() if verb != "delegate"} | own


STATE_VERBS = {verb for verbs in TRANSITIONS.values() for verb in verbs}  # the others leave an activity in its state
