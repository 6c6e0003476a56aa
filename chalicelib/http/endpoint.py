"""What is declared of a route: enough to answer it, to check it and to describe it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.schemas import NO_PARAMETERS
from chalicelib.shapes import Shape


@dataclass(frozen=True)
class Endpoint:
    """One call of the API: its methods mean the same, and so do its paths, of which the first is the documented one."""

    methods: tuple[str, ...]
    paths: tuple[str, ...]
    view: Callable[..., Any]
    query: Shape = NO_PARAMETERS
    body: Shape | None = None
    is_open: bool = False
    media_type: str = "application/json"

    @property
    def has_canonical(self) -> bool:
        """Whether its other paths are old spellings of the first one."""
        return any(path.startswith("/api/workspace/") for path in self.paths)
