"""Examples of bodies and answers: the files that routes name with `body_example` and `answer_example`."""

from typing import Any

from infra.testing.documents import example


def read_example(name: str | None) -> dict[str, Any]:
    """Return the `example` of a media type object, or nothing without a name. Raises FileNotFoundError."""
    return {"example": example(name)} if name else {}
