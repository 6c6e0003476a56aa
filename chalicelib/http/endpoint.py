"""What is declared of a route: enough to answer it, to check it and to describe it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Problem
from chalicelib.http.response import ApiResponse
from chalicelib.schemas.common import NO_PARAMETERS
from chalicelib.validation.schema import Schema


@dataclass(frozen=True)
class ErrorFormat:
    """How an endpoint says what is wrong, where a standard wants it otherwise than as problem details."""

    answers: Schema
    statuses: tuple[int, ...]
    format: Callable[[Problem], ApiResponse | None]  # None: as a problem after all


@dataclass(frozen=True)
class Endpoint:
    """One call of the API: its methods mean the same, and so do its paths, of which the first is the documented one."""

    methods: tuple[str, ...]
    paths: tuple[str, ...]
    view: Callable[..., Any]
    query: Schema | None = NO_PARAMETERS  # None: whatever is asked for
    body: Schema | None = None
    needs_no_body: bool = False  # an empty one means an empty object
    is_open: bool = False
    ignores_path_ids: bool = False  # whatever stands in its path
    in_steps: bool = False  # commits parts of its work before it is done
    media_type: str = "application/json"
    answers: Any = None  # the kind of value that a success answers; None is an empty body
    statuses: tuple[int, ...] = (200,)  # of a success
    error_format: ErrorFormat | None = None  # None: problem details

    @property
    def has_canonical(self) -> bool:
        """Whether its other paths are the documents' other spelling of the first one."""
        return any(f"{path}/".startswith("/api/workspace/") for path in self.paths)


ENDPOINTS: list[Endpoint] = []


def reader_of(endpoint: Endpoint) -> Endpoint | None:
    """The endpoint that shows what this one changes: at the same path, or at the nearest above it."""
    readers = {one.paths[0]: one for one in ENDPOINTS if "GET" in one.methods}
    path = endpoint.paths[0]
    while path and path not in readers:
        path = path.rpartition("/")[0]
    return readers.get(path)
