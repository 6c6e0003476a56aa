"""The interface to HTTP: what a server of the protocol takes, and what it returns."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from chalicelib.json_text import JsonObject


class StateSealer(Protocol):
    """Signs the state of a tool for its way through the client. `bound_to` is a JSON value that both ways have."""

    def seal(self, state: JsonObject, bound_to: object) -> str:
        """Return the state as text that only the same caller can give back, for some minutes."""

    def unseal(self, text: str, bound_to: object) -> JsonObject:
        """Return the state in a text. Raises errors.Problem, which says what is wrong with it."""


class McpRequest(NamedTuple):
    """A POST request. The names of `headers` are in lower case. Every tool gets the `context`."""

    headers: Mapping[str, str]
    body: bytes
    context: Any
    states: StateSealer


class McpAnswer(NamedTuple):
    """The HTTP status of an answer, and its body, which is JSON or empty."""

    status: int
    text: str = ""
