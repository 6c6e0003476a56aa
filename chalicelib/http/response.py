"""The answer to a call, before it becomes a response of Chalice."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chalicelib import json_text


@dataclass(frozen=True)
class ApiResponse:
    """An answer with a status and headers of its own. The body is a value, or text or bytes that are ready to send.

    `log_fields` are added to the line of the request in the access log.
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    log_fields: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """Return the body as the text that is sent. API Gateway decodes the Base64 text of a binary body."""
        if isinstance(self.body, bytes):
            return base64.b64encode(self.body).decode()
        return self.body if isinstance(self.body, str) else json_text.dump(self.body)

    @property
    def is_binary(self) -> bool:
        """Whether the body is bytes, such as a picture."""
        return isinstance(self.body, bytes)

    @property
    def content(self) -> bytes:
        """Return the bytes that the client gets, if they are not compressed on the way."""
        return self.body if isinstance(self.body, bytes) else self.text.encode()

    def with_headers(self, headers: Mapping[str, str]) -> "ApiResponse":
        """Return the same answer with these headers in addition to its own."""
        body = self.body if self.is_binary else self.text
        return ApiResponse(body, self.status, self.headers | dict(headers), self.log_fields)
