"""Examples of bodies and answers: the files that routes name with `body_example` and `answer_example`."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "testing/documents"


def read_example(name: str | None) -> dict[str, Any]:
    """Return the `example` of a media type object, or nothing without a name. Raises FileNotFoundError."""
    if name is None:
        return {}
    file = FOLDER / f"{name}.json"
    if not file.exists():
        raise FileNotFoundError(
            f"A route declares the example {name!r}. Add it as infra/testing/documents/{name}.json."
        )
    return {"example": json.loads(file.read_text())}
