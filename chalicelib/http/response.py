"""The answer to a call, before it becomes a response of Chalice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chalicelib import json_text


@dataclass(frozen=True)
class ApiResponse:
    """An answer with a status and headers of its own. The body is a value, or text that is ready to be sent."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """Return the body as the text that is sent."""
        return self.body if isinstance(self.body, str) else json_text.dump(self.body)

    def with_headers(self, headers: Mapping[str, str]) -> "ApiResponse":
        """Return the same answer with these headers in addition to its own."""
        return ApiResponse(self.text, self.status, self.headers | dict(headers))
