"""`python -m tests.support.seed ACCOUNT COUNT`: so many actions at once, in the table that the environment names."""

import sys

from chalicelib.domain.ogsm.actions import DEFAULTS
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.actions import Action
from infra.testing.rows import store_rows


def main(account: int, count: int) -> None:
    """Takes one block of ids and writes the actions in batches, as an import would."""
    last = next_id(account, "actions", by=count)
    text = {"title": "An action of ordinary length", "description": "<p>" + "words " * 30 + "</p>"}
    numbers = range(last - count + 1, last + 1)
    store_rows(Action.at(account, number, doc=DEFAULTS | text | {"id": number}) for number in numbers)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
