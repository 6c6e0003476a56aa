"""How often the long tests repeat what they do: a few times by default, many times in `make test-nightly`.

The environment variable TEST_COUNTS chooses: `quick`, which is the default, or `full`.
"""

import os
from typing import TypeVar

T = TypeVar("T")


def choose(*, quick: T, full: T) -> T:
    """Return the one of two settings that TEST_COUNTS asks for."""
    return full if os.environ.get("TEST_COUNTS") == "full" else quick
