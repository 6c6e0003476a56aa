"""Run the handler of an unpacked Lambda package: read events from stdin, and write responses and measurements.

This script runs in the folder of the package. It imports nothing of the project, so that only the package is measured.
"""

import gc
import json
import os
import sys
import time
from types import SimpleNamespace


def main(name: str) -> None:
    """Handle events until stdin ends. `name` is the name of the handler in the package's app module."""
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keeps what a handler prints out of the results
    import app

    handler = getattr(app, name)
    context = SimpleNamespace(aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef", function_name="bench")
    for line in sys.stdin:
        command = json.loads(line)
        events = [json.loads(command["event"]) for _ in range(command["times"])]
        gc.collect() if command["times"] > 1 else None
        start = time.process_time()
        for event in events:
            response = handler(event, context)
        end = time.process_time()
        measured = {"cpu_ms": (end - start) / len(events) * 1e3, "total_ms": end * 1e3, "modules": len(sys.modules)}
        results.write(json.dumps({"response": response, "rss_mb": _peak_memory(), **measured}) + "\n")
        results.flush()


def _peak_memory() -> float:
    """Return the peak memory of this process in MB. resource.getrusage would include the parent's."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main(sys.argv[1])
