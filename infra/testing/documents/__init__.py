"""The documents' examples, word for word; only what is not JSON in them (bare keys, stray commas) is mended."""

import json
from pathlib import Path
from typing import Any


def example(name: str) -> Any:
    """One example of the documents."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text())
