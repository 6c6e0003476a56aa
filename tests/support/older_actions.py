"""Actions of an older release, and programs of the release that has changed them in two steps.

python -m tests.support.older_actions store ACCOUNT COUNT     stores actions in their first version
python -m tests.support.older_actions run MODULE ARGUMENTS    runs a program that knows the two steps
"""

import runpy
import sys

from chalicelib.storage.migrations import DocumentFormat, add_field, rename_field

ADDED, RENAMED_FROM = "traffic_light", "details"
ACTION_FORMAT = DocumentFormat([add_field(ADDED), rename_field(RENAMED_FROM, "description")])


def store(account: int, count: int) -> None:
    """Store actions as the older release did, in the table that the environment names."""
    from chalicelib.domain.ogsm.actions import DEFAULTS
    from chalicelib.storage.ids import next_id
    from chalicelib.storage.models.actions import Action
    from infra.testing.rows import store_rows

    last = next_id(account, "actions", by=count)
    others = {name: value for name, value in DEFAULTS.items() if name not in (ADDED, "description")}
    documents = [
        others | {"id": n, "title": "old", RENAMED_FROM: f"Text {n}"} for n in range(last - count + 1, last + 1)
    ]
    store_rows(Action.at(account, document["id"], doc=document) for document in documents)


def run(arguments: list[str]) -> None:
    """Run a module as a program that knows both steps."""
    from chalicelib.storage.models.actions import Action

    Action.doc_format = ACTION_FORMAT
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if sys.argv[1] == "store":
        store(int(sys.argv[2]), int(sys.argv[3]))
    else:
        run(sys.argv[2:])
