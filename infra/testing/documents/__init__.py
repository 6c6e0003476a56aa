"""The examples of the documents, unchanged except where they are not valid JSON (bare keys, stray commas)."""

import json
from pathlib import Path
from typing import Any


def example(name: str) -> Any:
    """Return an example of the documents by its name."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text())
