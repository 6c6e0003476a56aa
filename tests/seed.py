"""`python -m tests.seed ACCOUNT COUNT`: so many actions at once, in the table that the environment names."""

import sys

from chalicelib.domain.actions import DEFAULTS
from chalicelib.storage import table
from chalicelib.storage.models import Action


def main(account: int, count: int) -> None:
    """Takes one block of ids and writes the actions in batches, as an import would."""
    last = table.count_up(account, "actions", by=count)
    text = {"title": "An action of ordinary length", "description": "<p>" + "words " * 30 + "</p>"}
    with Action.batch_write() as batch:
        for number in range(last - count + 1, last + 1):
            batch.save(Action.at(account, number, doc=DEFAULTS | text | {"id": number}, version=1))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
