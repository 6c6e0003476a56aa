"""A tool of a server: what it declares, what it is called with, and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.json_text import JsonObject


@dataclass(frozen=True)
class Annotations:
    """What a client may assume of a tool, for example to ask its user before it calls the tool."""

    is_read_only: bool = False
    is_destructive: bool = False
    is_idempotent: bool = False
    is_open_world: bool = False  # it reaches people or systems outside the service, for example by mail


@dataclass(frozen=True)
class ResourceLink:
    """A link to an object that an answer is about."""

    uri: str
    name: str
    media_type: str = "application/json"


@dataclass(frozen=True)
class ToolResult:
    """The answer of a tool, as text for a model and as data for a program. An error says what would have worked.

    `blocks` are further content blocks as the protocol defines them, such as images.
    """

    text: str
    structured: JsonObject | None = None
    links: Sequence[ResourceLink] = ()
    is_error: bool = False
    blocks: Sequence[JsonObject] = ()


@dataclass(frozen=True)
class Elicitation:
    """A question for the user of the client. The client calls the tool again with the answer and with `state`.

    `schema` is the JSON Schema of the answer: an object whose properties are of primitive types. `state` is signed on
    its way through the client, and nobody but the same caller of the same tool with the same arguments can use it.
    """

    message: str
    schema: JsonObject
    state: JsonObject


@dataclass(frozen=True)
class InputRequest:
    """A request to the client, such as `elicitation/create` or `sampling/createMessage`, with its parameters."""

    method: str
    params: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class InputRequired:
    """Any requests to the client, each under a name of its own, for tools that ask more than one question at a time.

    The client calls the tool again with its responses under the same names. Requests that the client cannot carry out
    are left out. `state` is as in Elicitation. Without a state, nothing comes back but the responses.
    """

    requests: Mapping[str, InputRequest]
    state: JsonObject | None = None


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool. Its arguments are a JSON object, which the tool must check.

    `context` is what the application passed in with the request, for example the caller. `answer` is what the user
    answered to an elicitation, with the key `action` (accept, decline or cancel) and perhaps `content`; `state` is the
    state of that elicitation. Both are None unless the call answers one. `responses` are those to an InputRequired,
    unchecked, and `state` is its state.
    """

    arguments: JsonObject
    context: Any
    can_elicit: bool = False  # the client can put a question to its user
    answer: Mapping[str, Any] | None = None
    state: JsonObject | None = None
    responses: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """A tool that the server offers."""

    name: str
    title: str
    description: str
    input_schema: JsonObject
    run: Callable[[ToolCall], ToolResult | Elicitation | InputRequired]
    annotations: Annotations = field(default_factory=Annotations)
    output_schema: JsonObject | None = None
