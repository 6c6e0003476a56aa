"""Run beside an unpacked package: answers events that it is told over a pipe, and says what that took.

It imports nothing of the project, so that nothing but the package is measured.
"""

import gc
import json
import os
import sys
import time
from types import SimpleNamespace


def main(name: str) -> None:
    """Serves until the pipe ends. `name` is what the package calls its handler."""
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a handler prints must not get in between
    import app

    handler = getattr(app, name)
    context = SimpleNamespace(aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef", function_name="bench")
    for line in sys.stdin:
        asked = json.loads(line)
        events = [json.loads(asked["event"]) for _ in range(asked["times"])]
        gc.collect() if asked["times"] > 1 else None
        began = time.process_time()
        for event in events:
            answer = handler(event, context)
        ended = time.process_time()
        told = {"cpu_ms": (ended - began) / len(events) * 1e3, "total_ms": ended * 1e3, "modules": len(sys.modules)}
        said.write(json.dumps({"answer": answer, "rss_mb": _peak(), **told}) + "\n")
        said.flush()


def _peak() -> float:
    """The most memory that the process had; not that of whoever started it, which resource.getrusage would count."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main(sys.argv[1])
