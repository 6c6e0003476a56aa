"""The examples of the documents, unchanged except where they are not valid JSON (bare keys, stray commas).

A noun that no document shows has examples of our own: `<name>` of an object, `<name>s` of a list, and `sent_<name>` of
a body.
"""

import json
from pathlib import Path
from typing import Any


def example(name: str) -> Any:
    """Return an example by its name. Raises FileNotFoundError."""
    file = Path(__file__).parent / f"{name}.json"
    if not file.exists():
        raise FileNotFoundError(f"There is no example {name!r}. Add it as infra/testing/documents/{name}.json.")
    return json.loads(file.read_text())
