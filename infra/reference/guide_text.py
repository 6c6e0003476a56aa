"""The pages of docs/ as they are written, in Markdown, with links that lead to the pages of the service."""

import re
from collections.abc import Collection
from typing import NamedTuple

from infra.reference.guide import HEADINGS, LEFT_OUT, MARKDOWN
from infra.reference.operations import slug

# A link may contain code, but no other code contains a link.
LINK_OR_CODE = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)|```.*?```|`[^`\n]*`", re.DOTALL)
GUIDE = "api.md"  # the rules of all calls, and sections about nouns


class TextSection(NamedTuple):
    """A part of a page: its id, its title, and its Markdown, which starts below the title."""

    id: str
    title: str
    text: str


class LinkMap(NamedTuple):
    """The addresses of pages: of the guide, of all others by their name, and the names that sections of it moved to."""

    guide: str
    pages: dict[str, str]
    moved: Collection[str]

    def find_address(self, page: str, fragment: str) -> str | None:
        """Return the address of a part of a page of docs/, or None if the service does not have the page."""
        if page == GUIDE and fragment.removeprefix("#") in self.moved:
            return self.pages[fragment.removeprefix("#")]
        address = self.guide if page == GUIDE else self.pages.get(page.removesuffix(".md"))
        return address and address + fragment


def split_text(text: str) -> list[TextSection]:
    """Return the parts of a page that have a heading of level 2 or 3 and a text of their own."""
    text = LEFT_OUT.sub("", text)
    lines, tokens = text.splitlines(), MARKDOWN.parse(text)
    heads = [number for number, token in enumerate(tokens) if token.type == "heading_open" and token.tag in HEADINGS]
    starts = [(tokens[number + 1].content, *(tokens[number].map or ())) for number in heads]
    ends = [first for _, first, _ in starts[1:]] + [len(lines)]
    texts = ["\n".join(lines[below:end]).strip() for (_, _, below), end in zip(starts, ends, strict=True)]
    return [TextSection(slug(title), title, text) for (title, _, _), text in zip(starts, texts, strict=True) if text]


def read_body(text: str) -> str:
    """Return a page without its title and its comments."""
    return LEFT_OUT.sub("", text).partition("\n")[2].strip()


def resolve_links(text: str, source: str, here: str, links: LinkMap) -> str:
    """Return a text of docs/ whose links lead to pages of the service. Other links become plain text.

    `source` is the name of its page, and `here` the address at which the service shows it.
    """

    def resolve_link(match: re.Match[str]) -> str:
        picture, shown, page, fragment = match[1], match[2], match[3], match[4] or ""
        if shown is None or page.startswith(("https:", "http:")):
            return match[0]
        address = links.find_address(page or source, fragment)
        if not address or picture:
            return shown
        return f"[{shown}]({fragment if address == here + fragment and fragment else address})"

    return LINK_OR_CODE.sub(resolve_link, text)
