"""Actions. `python -m infra.testing.nouns.actions ACCOUNT COUNT` stores many of them."""

import sys

from chalicelib.domain.ogsm.actions import DEFAULTS
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.actions import Action
from infra.testing.documents import example
from infra.testing.noun import Noun
from infra.testing.request_cases import GET_ITEM, PUT_ITEM, QUERY, TRANSACTION, UPDATE_ITEM, RequestCase
from infra.testing.rows import store_rows
from infra.testing.sample_rows import FIRST_ID, SampleRow
from infra.testing.world import World

ACTIONS = "/api/v2/actions.json"
ACTION = "/api/v2/actions/{action_id}"
TITLE = {"title": "x"}


def create_action(world: World) -> str:
    """Create the documented action, and return its address."""
    return str(world.owner.post(ACTIONS, json=example("action")).headers["location"])


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
