"""TODO."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chalicelib import json_text


@dataclass(frozen=True)
class ApiResponse:
    """What a view answers: a value or ready JSON text, and headers of its own."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The body as the text that is sent."""
        return self.body if isinstance(self.body, str) else json_text.dump(self.body)
