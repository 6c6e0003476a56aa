"""`python -m tests.support.watched_changes FILE`: the server of `make run`, but a test watches its change stream.

Each call of the function of the change feed adds a line to the file: whether the call succeeded, and the names and
SequenceNumbers of the records about rows that the test has put. While a file FILE.fail exists, these calls fail.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra import change_stream, serve

KIND, PARTITION = "follow", "watched"  # of the rows that the tests put; records about others are not noted
FILE = Path(sys.argv.pop(1))
FAIL = FILE.with_name(f"{FILE.name}.fail")


def note(event: Any, _context: Any) -> None:
    """Note the records of a batch."""
    changes = [record["dynamodb"] for record in event["Records"]]
    noted = [(change["Keys"]["sk"]["S"], change["SequenceNumber"]) for change in changes if is_of_test(change)]
    is_failing = bool(noted) and FAIL.exists()
    if noted:
        with FILE.open("a") as file:
            file.write(json.dumps([not is_failing, noted]) + "\n")
    if is_failing:
        raise RuntimeError("The test wants this batch to fail.")


def is_of_test(change: Any) -> bool:
    """Return whether a record is about a row that a test has put."""
    return bool(change["Keys"]["pk"]["S"] == PARTITION)


change_stream.load_functions = lambda: [(note, change_stream.TIMEOUT)]
change_stream.FIRST_PAUSE = change_stream.LONGEST_PAUSE = 0.05

if __name__ == "__main__":
    serve.main()
