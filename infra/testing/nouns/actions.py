"""Actions. `python -m infra.testing.nouns.actions ACCOUNT COUNT` stores many of them."""

import sys

from chalicelib.domain.ogsm.actions import DEFAULTS
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.actions import Action
from infra.testing.documents import example
from infra.testing.noun import Noun
from infra.testing.past_cases import at_present, now, past_cases
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PUT_ITEM, QUERY, TRANSACTION, UPDATE_ITEM, RequestCase
from infra.testing.rows import store_rows
from infra.testing.sample_rows import FIRST_ID, SampleRow
from infra.testing.stream_records import record_creation
from infra.testing.world import World

ACTIONS = "/api/v2/actions.json"
ACTION = "/api/v2/actions/{action_id}"
TITLE = {"title": "x"}


def create_action(world: World) -> str:
    """Create the documented action, and return its address."""
    return str(world.owner.post(ACTIONS, json=example("action")).headers["location"])


def list_with_action(world: World) -> str:
    """Create the documented action, and return the address of the list."""
    create_action(world)
    return ACTIONS


def list_before_creation(world: World) -> str:
    """Create an action, record that, and return the address of the list at a time before."""
    time = now()
    number = int(create_action(world).rpartition("/")[2].removesuffix(".json"))
    record_creation(world.account, Action.ref(world.account, number))
    return f"{ACTIONS}?at={time}"


def store_actions(account: int, count: int) -> None:
    """Write actions in batches, as an import would, in the table that the environment names."""
    last = next_id(account, "actions", by=count)
    text = {"title": "An action of ordinary length", "description": "<p>" + "words " * 30 + "</p>"}
    numbers = range(last - count + 1, last + 1)
    store_rows(Action.at(account, number, doc=DEFAULTS | text | {"id": number}) for number in numbers)


def sample_rows(account: int) -> list[SampleRow]:
    """Return an action."""
    action = Action.at(account, 0, doc=DEFAULTS | example("action"))
    return [SampleRow(action, lambda n: Action.ref(account, FIRST_ID + n))]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", ACTIONS, [QUERY]),
        RequestCase("GET", "/api/v2/actions.csv", [QUERY]),
        RequestCase("POST", ACTIONS, [UPDATE_ITEM, PUT_ITEM], [GET_ITEM, UPDATE_ITEM, TRANSACTION], body=TITLE),
        RequestCase("GET", ACTION, [GET_ITEM], address=create_action),
        *past_cases(ACTION, create_action, [GET_ITEM], around=()),
        RequestCase(
            "GET",
            ACTIONS,
            [(GET_ITEM, QUERY, QUERY)],
            address=at_present(list_with_action),
            variant="the list of actions at a time without changes since",
        ),
        RequestCase(
            "GET",
            ACTIONS,
            [(GET_ITEM, QUERY, QUERY), BATCH_GET, QUERY, BATCH_GET],
            address=list_before_creation,
            variant="the list of actions at a time with changes since",
            why_large="finds the time in the feed, reads the changes since, and then what was there before each",
        ),
        RequestCase(
            "PATCH", ACTION, [GET_ITEM, PUT_ITEM], [GET_ITEM, GET_ITEM, TRANSACTION], address=create_action, body=TITLE
        ),
        RequestCase(
            "DELETE",
            ACTION,
            [(GET_ITEM, QUERY), TRANSACTION],
            [GET_ITEM, (GET_ITEM, QUERY), TRANSACTION],
            address=create_action,
        ),
    ],
    sample_rows=sample_rows,
)

if __name__ == "__main__":
    store_actions(int(sys.argv[1]), int(sys.argv[2]))
