"""`python -m tests.support.metered_changes FILE`: the server of `make run`, which notes what recording changes costs.

Each batch of the change stream adds a line to the file: the read units and the write units of recording it.
"""

import sys
import threading
from pathlib import Path
from typing import Any

from bench.emulator import get_row
from infra import change_stream, serve

FILE = Path(sys.argv.pop(1))
load_functions = change_stream.load_functions


def load_metered_functions() -> list[tuple[change_stream.Function, int]]:
    """Return the functions of the change stream, with the one that records changes metered in the calling thread."""
    # The service reads the environment, which the server sets, when it is imported.
    from chalicelib.storage.connection import client
    from infra.testing.meter import Meter, indexes_of, total_units

    [(record_changes, timeout), *others] = load_functions()
    meter = Meter(get_row, indexes_of(client), threading.current_thread())

    def record(event: Any, context: Any) -> None:
        meter.requests.clear()
        with meter.watch(client):
            record_changes(event, context)
        units = total_units(meter.requests)
        with FILE.open("a") as file:
            file.write(f"{units.read} {units.write}\n")

    return [(record, timeout), *others]


change_stream.load_functions = load_metered_functions

if __name__ == "__main__":
    serve.main()
