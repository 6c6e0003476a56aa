"""From what the domain answers to the documented JSON. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from chalicelib import json_text


@dataclass(frozen=True)
class Links:
    """Where the client reached the service: its origin, and the stage before every path."""

    origin: str
    prefix: str

    def link(self, rel: str, path: str) -> dict[str, str]:
        """A link as the documents show them: root-relative, so that it works on any host."""
        return {"rel": rel, "href": self.prefix + path}


def select_fields(document: dict[str, Any], fields: Collection[str] | None) -> dict[str, Any]:
    """The named fields of a document, in its own order; all of them where none are named."""
    return document if fields is None else {name: value for name, value in document.items() if name in fields}


def with_links(text: str, links: list[dict[str, str]]) -> str:
    return f'{text[:-1]},"links":{json_text.dump(links)}}}'
