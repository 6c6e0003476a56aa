"""The declaration of a call. The pipeline and the OpenAPI document need nothing else to answer and describe it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from chalicelib.errors import Problem
from chalicelib.http.path_variables import variable_names
from chalicelib.http.response import ApiResponse
from chalicelib.schemas.common import NO_PARAMETERS
from chalicelib.validation.schema import Schema

JSON, CSV, MARKDOWN = "application/json", "text/csv", "text/markdown"
ANY_TYPE = "*/*"  # of a route that only answers errors, which clients get whatever they accept


class ErrorFormat(NamedTuple):
    """An endpoint's own format for errors, where a standard asks for something other than problem details."""

    answers: Schema
    statuses: tuple[int, ...]
    format: Callable[[Problem], ApiResponse | None]  # None: use problem details for this error


class Created(NamedTuple):
    """The object that a call creates: the path at which it can be read, and the place of its id in the answer."""

    path: str  # its last variable is the id of the created object
    id_pointer: str = "/id"  # a JSON Pointer (RFC 6901) into the answer
    has_links: bool = True  # whether the OpenAPI document links to the calls that take the id

    @property
    def variable(self) -> str:
        """Return the name of the path variable that stands for the created object."""
        return variable_names(self.path)[-1]

    def find_id(self, body: Any) -> Any:
        """Return the id of the created object from the body of the answer."""
        for step in self.id_pointer.removeprefix("/").split("/"):
            body = body[step]
        return body


def route_module(view: Callable[..., Any]) -> str:
    """Return the name of the route module of a view."""
    return str(view.__module__).rpartition(".")[2]


class Endpoint(NamedTuple):
    """One call of the API. Its methods mean the same, and so do its paths, of which the first is the documented one."""

    methods: tuple[str, ...]
    paths: tuple[str, ...]
    view: Callable[..., Any]
    query: Schema | None = NO_PARAMETERS  # None accepts every parameter and ignores it
    body: Schema | None = None
    is_body_optional: bool = False  # an empty body means an empty object
    is_open: bool = False  # needs no credentials
    ignores_path_variables: bool = False
    has_canonical_path: bool = False  # the other paths are aliases, and answer with a Link to the first one
    media_type: str = JSON
    other_media_types: tuple[str, ...] = ()  # of the same answer, for clients that prefer one of them
    answers: Any = None  # the type of a successful answer; None is an empty body
    statuses: tuple[int, ...] = (200,)  # of a successful answer, the usual one first
    more_errors: tuple[int, ...] = ()  # statuses of errors that calls of its kind do not have
    creates: Created | None = None
    has_secret: bool = False  # nobody may store the answer
    answer_example: str | None = None  # the name of a file in infra/testing/documents, without .json
    body_example: str | None = None  # likewise
    # The body has messages of another protocol, which the view reads. They may call other routes, and those check the
    # scope of the caller, If-Match and Idempotency-Key themselves. `body` only describes a message.
    carries_messages: bool = False
    error_format: ErrorFormat | None = None  # None is problem details
    noun: str = ""  # the name of the noun, which is that of the route module unless the route names another

    @property
    def keeps_answers(self) -> bool:
        """Whether an Idempotency-Key counts: the caller is known, and the last commit of the call has its answer.

        The answer to a form is a page that is made after the last commit. Messages name the keys of their calls.
        """
        return not (self.is_open or self.carries_messages) and self.media_type == "application/json"

    @property
    def has_dry_run(self) -> bool:
        """Whether a client can ask what the call would do, and then confirm it: it is a write that answers JSON."""
        return self.keeps_answers and "GET" not in self.methods

    @property
    def is_deletion(self) -> bool:
        """Whether the call deletes an object, so that an account may require a confirmation. An undo may do so, too."""
        return self.has_dry_run and ("DELETE" in self.methods or self.paths[0].endswith(("/delete", "/undo")))

    @property
    def media_types(self) -> tuple[str, ...]:
        """Return the media types of a successful answer, the usual one first."""
        return (self.media_type, *self.other_media_types)

    @property
    def module(self) -> str:
        """Return the name of the route module."""
        return route_module(self.view)


ENDPOINTS: list[Endpoint] = []


def find_endpoints(path: str) -> list[Endpoint]:
    """Return the endpoints of a path with its variables, whatever their methods."""
    return [endpoint for endpoint in ENDPOINTS if path in endpoint.paths]


def find_reader(endpoint: Endpoint) -> Endpoint | None:
    """Return the endpoint that shows what this one changes: the GET of the same path, or of the nearest one above."""
    readers = {reader.paths[0]: reader for reader in ENDPOINTS if "GET" in reader.methods}
    path = endpoint.paths[0]
    while path and path not in readers:
        path = path.rpartition("/")[0]
    return readers.get(path)
