"""Delegations of activities."""

from collections.abc import Callable

from chalicelib.storage.models.delegations import OPEN, Delegation
from infra.testing.noun import Noun
from infra.testing.nouns.activities import ACTIVITY, change_activity, delegated_activity, sample_document
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    GET_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    Json,
    RequestCase,
)
from infra.testing.sample_rows import CREATED_AT, FIRST_ID, SampleRow, sample_user
from infra.testing.world import World

DELEGATIONS, DELEGATION = "/api/delegations", "/api/delegations/{delegation_id}"
LISTS = ("", "/pending", "/incoming", "/incoming/pending", "/outgoing", "/outgoing/pending")
SENDS_MAIL = "sends a mail between two commits, to store whether it was sent"

RESPOND, RESPOND_WITH_KEY = [BATCH_GET, BATCH_GET, TRANSACTION], [GET_ITEM, BATCH_GET, BATCH_GET, TRANSACTION]


def delegate_to_member(tail: str = "") -> Callable[[World], str]:
    """Delegate a new activity of the owner to the member, and return the address of the delegation with this tail."""
    return lambda world: world.delegate(to="member") + tail


def list_delegations(tail: str) -> Callable[[World], str]:
    """Delegate a new activity to the other user, and return the address of a list of delegations."""

    def address(world: World) -> str:
        world.delegate()
        return f"{DELEGATIONS}{tail}"

    return address


def to_other_user(world: World) -> Json:
    """Return the body that names the other user."""
    return {"slug": world.users["other user"]}


def sample_rows(account: int) -> list[SampleRow]:
    """Return a pending delegation between other users, as it is kept with one of them."""
    people = {"delegator": sample_user(0), "delegee": sample_user(1)}
    state = {"state": "pending", "sign_off": False, "note": None, "reason": None, "delivery": "sent"}
    doc = {
        "id": FIRST_ID,
        "activity": sample_document(),
        **people,
        **state,
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT,
    }
    ids = {"id": FIRST_ID, "activity": FIRST_ID, "workspace": FIRST_ID, "origin": FIRST_ID}
    delegation = Delegation.at(account, "", "", 0, **ids, **people, state="pending", doc=doc)
    return [
        SampleRow(delegation, lambda n: Delegation.ref(account, sample_user(n), OPEN, FIRST_ID + n)),
    ]


NOUN = Noun(
    request_cases=[
        *(
            RequestCase(
                "GET",
                f"{DELEGATIONS}{tail}",
                [QUERY, BATCH_GET],
                address=list_delegations(tail),
                caller="other user" if "incoming" in tail else "owner",
            )
            for tail in LISTS
        ),
        RequestCase("GET", DELEGATION, [BATCH_GET, BATCH_GET], address=delegate_to_member()),
        *past_cases(DELEGATION, delegate_to_member(), [BATCH_GET, BATCH_GET], present=(BATCH_GET,)),
        RequestCase(
            "PUT",
            f"{DELEGATION}/accept",
            RESPOND,
            RESPOND_WITH_KEY,
            address=delegate_to_member("/accept"),
            caller="member",
        ),
        RequestCase(
            "PUT",
            f"{DELEGATION}/decline",
            RESPOND,
            RESPOND_WITH_KEY,
            address=delegate_to_member("/decline"),
            caller="member",
        ),
        RequestCase(
            "POST",
            f"{DELEGATION}/redelegate",
            [BATCH_GET, (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            [GET_ITEM, BATCH_GET, (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            address=delegate_to_member("/redelegate"),
            body=to_other_user,
            why_large=SENDS_MAIL,
        ),
        RequestCase(
            "PUT",
            f"{ACTIVITY}/delegate",
            [GET_ITEM, (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            [GET_ITEM, GET_ITEM, (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            address=lambda world: f"{world.activity()}/delegate",
            body=to_other_user,
            why_large=SENDS_MAIL,
        ),
        RequestCase(
            "PUT",
            f"{ACTIVITY}/delegate",
            [(GET_ITEM, GET_ITEM), (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            [GET_ITEM, (GET_ITEM, GET_ITEM), (BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION],
            variant="an address that is not known",
            address=lambda world: f"{world.activity()}/delegate",
            body={"email": "jane@doe.example.org"},
            why_large=SENDS_MAIL,
        ),
        change_activity("PUT", "/accept", delegated_activity("/accept"), caller="other user"),
        change_activity("PUT", "/decline", delegated_activity("/decline"), caller="other user"),
        change_activity("PUT", "/take_back", delegated_activity("/take_back", "accept")),
    ],
    sample_rows=sample_rows,
)
