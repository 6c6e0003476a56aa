"""The states of activities and delegations: which verbs each state allows, where they lead, and who may use them.

`make generate` draws both state machines in docs/architecture.md.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib import errors
from chalicelib.schemas.activities import ACTIVITY_STATES
from chalicelib.schemas.delegations import DELEGATION_STATES

DRAFT, ACTIVE, PAUSED, FINISHED, APPROVED, REJECTED, DELETED = ACTIVITY_STATES
PENDING, ACCEPTED, DECLINED, TAKEN_BACK, REDELEGATED, DONE = DELEGATION_STATES
OPEN_STATES = (PENDING, ACCEPTED)

# An activity can be taken over and deleted in every state.
TRANSITIONS: dict[str, dict[str, str]] = {
    DRAFT: {"play": ACTIVE, "finish": FINISHED, "delegate": DRAFT, "take_over": DRAFT, "delete": DELETED},
    ACTIVE: {"pause": PAUSED, "finish": FINISHED, "delegate": ACTIVE, "take_over": ACTIVE, "delete": DELETED},
    PAUSED: {"play": ACTIVE, "finish": FINISHED, "delegate": PAUSED, "take_over": PAUSED, "delete": DELETED},
    FINISHED: {"approve": APPROVED, "reject": REJECTED, "take_over": FINISHED, "delete": DELETED},
    APPROVED: {"take_over": APPROVED, "delete": DELETED},
    REJECTED: {"play": ACTIVE, "finish": FINISHED, "delegate": REJECTED, "take_over": REJECTED, "delete": DELETED},
    DELETED: {},
}

# The state of the delegation after each verb. If the delegator asked for sign-off, finishing the activity does not end
# the delegation (see next_delegation_state). A delegation is deleted together with its activity.
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

# Who may use a verb: a permission of domain.access in the workspace, or a party to the delegation.
DELEGATOR, DELEGEE, EITHER = "delegator", "delegee", "delegator or delegee"
PERFORMED_BY = {
    "play": "enter",
    "pause": "enter",
    "finish": "enter",
    "approve": DELEGATOR,  # only if the delegator asked for sign-off
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
    """Return the verbs that an activity in this state, with this delegation, allows."""
    verbs = list(_transitions(state, delegation))
    if delegation and delegation["sign_off"] and delegation["state"] == ACCEPTED:
        return verbs
    return [verb for verb in verbs if verb not in SIGN_OFF_VERBS]


def next_state(state: str, verb: str, delegation: Delegation | None = None) -> str:
    """Return the state of the activity after a verb. Raises errors.Conflict, which names the allowed verbs."""
    transitions = _transitions(state, delegation)
    if verb in transitions:
        return transitions[verb]
    situation = f"An activity in the state {state}"
    if delegation:
        situation += f", with a delegation in the state {delegation['state']},"
    allowed = ", ".join(allowed_verbs(state, delegation)) or "nothing"
    raise errors.Conflict(f"{situation} does not allow {verb}. It allows: {allowed}.")


def next_delegation_state(delegation: Delegation, verb: str) -> str:
    """Return the state of the delegation after a verb."""
    state: str = delegation["state"]
    if verb == "finish" and state == ACCEPTED and delegation["sign_off"]:
        return state
    return DELEGATION_TRANSITIONS[state].get(verb, state)


def _transitions(state: str, delegation: Delegation | None) -> dict[str, str]:
    """Return the next state of the activity for each verb. While a delegation is open, its own verbs are included."""
    if not delegation or delegation["state"] not in OPEN_STATES:
        return TRANSITIONS[state]
    transitions = {verb: target for verb, target in TRANSITIONS[state].items() if verb != "delegate"}
    for verb in DELEGATION_TRANSITIONS[delegation["state"]]:
        if verb not in STATE_VERBS:
            transitions[verb] = state
    return transitions


STATE_VERBS = {verb for verbs in TRANSITIONS.values() for verb in verbs}  # all others leave the activity's state alone
