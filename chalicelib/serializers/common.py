"""Links, and adding them to JSON text. The serializers of several nouns share them."""

from typing import NamedTuple

from chalicelib import json_text

Link = dict[str, str]


class Links(NamedTuple):
    """Make links for one request. `base_url` is the address that it was sent to, with the stage `prefix` if any."""

    base_url: str
    prefix: str

    def link(self, rel: str, path: str) -> Link:
        """Return a link as the documents show it: relative to the root, so that it works on every host."""
        return {"rel": rel, "href": self.prefix + path}


def add_links(text: str, links: list[Link]) -> str:
    """Return the JSON text of an object with a field `links` after its other fields."""
    return f'{text[:-1]},"links":{json_text.dump(links)}}}'
