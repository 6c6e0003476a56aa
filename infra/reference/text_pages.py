"""`make generate`: write /llms.txt and the documentation in Markdown to chalicelib/pages/static.

They are for agents: programs that read the documentation piece by piece. /docs.md has the rules of all calls, and each
noun has a page with its calls. All of it is made of what the reference is made of, and of pages of docs/ for users of
the API.
"""

import json

from chalicelib.pages import rendering
from chalicelib.routes import contract
from infra.reference import guide
from infra.reference.guide_text import GUIDE, LinkMap, read_body, resolve_links, split_text
from infra.reference.markdown import join_parts, render_group
from infra.reference.operations import Group, Reference

FOLDER = rendering.FOLDER / "static"
SERVICE = contract.WRITTEN_FOR
INDEX, OVERVIEW = "llms.txt", "docs.md"
# Pages of docs/ that are not about one noun. Those that are come before the calls of the noun.
GUIDES = {
    "dry-run": "Ask what a write would do, and confirm it.",
    "limits": "The most that the service accepts and answers, and what becomes slow.",
    "agents": "What models may do through the Model Context Protocol, and how to connect a client.",
    "bi": "Lists as CSV, with Excel, Power BI and other tools that read tables.",
}
NOUN_GUIDES = ("changes", "webhooks")
OPTIONAL = ("bi",)
SECTIONS = ("/api/v2/", "/api/", "/mcp", "/")  # of the index, by the address of a noun's first call
VARIABLES = (
    f"In the examples, `$API` is {SERVICE}/api, and `$KEY` is the key and the secret of a credential with a colon "
    "between them."
)
FIRST_STEPS = (
    f"Addresses begin with {SERVICE}. Each request needs the key and the secret of a credential, with HTTP Basic "
    f"authentication: `curl -u KEY:SECRET {SERVICE}/api/me`. Clients of the Model Context Protocol connect to "
    f"{SERVICE}/mcp with the same credential. Each page below is short, and has all calls of one noun."
)


def main() -> None:
    """Write the files, and remove those of nouns that no longer exist."""
    texts = pages()
    for file in (FOLDER / "docs").glob("*.md"):
        file.unlink()
    (FOLDER / "docs").mkdir(exist_ok=True)
    for name, text in texts.items():
        (FOLDER / name).write_text(text)


def pages() -> dict[str, str]:
    """Return the texts by the names of their files, which are their addresses, for the address of the local server."""
    return Documentation(Reference(json.loads(contract.FILE.read_text()))).pages()


class Documentation:
    """The pages of a reference, with the texts of docs/."""

    def __init__(self, reference: Reference) -> None:
        self._info, self._groups = reference.info, reference.all_groups
        ids = [group.id for group in self._groups]
        addresses = {name: f"{SERVICE}/docs/{name}.md" for name in [*ids, *GUIDES]}
        self._links = LinkMap(f"{SERVICE}/{OVERVIEW}", addresses, ids)
        self._sections = {section.id: section for section in split_text(guide.FILE.read_text())}

    def pages(self) -> dict[str, str]:
        """Return the texts of all pages by the names of their files."""
        nouns = {f"docs/{group.id}.md": render_group(group, self._introduce(group)) for group in self._groups}
        guides = {f"docs/{name}.md": self._read_guide(name) for name in GUIDES}
        return {INDEX: self._render_index(), OVERVIEW: self._render_overview(), **nouns, **guides}

    def _introduce(self, group: Group) -> list[str]:
        """Return what the guide says about a noun, and the page of docs/ about it."""
        texts = [f"The rules of all calls are in {self._links.guide}. Addresses begin with {SERVICE}."]
        here = self._links.pages[group.id]
        if group.id in self._sections:
            texts.append(resolve_links(self._sections[group.id].text, GUIDE, here, self._links))
        if group.id in NOUN_GUIDES:
            texts.append(resolve_links(read_body(_read_page(group.id)), f"{group.id}.md", here, self._links))
        if any("$API" in text for text in texts):
            texts[0] += f" {VARIABLES}"
        return texts

    def _read_guide(self, name: str) -> str:
        text = f"# {_read_title(name)}\n\n{read_body(_read_page(name))}\n"
        return resolve_links(text, f"{name}.md", self._links.pages[name], self._links)

    def _render_overview(self) -> str:
        """Return the guide: what is not about one noun, and where the calls of each noun are."""
        rules = [section for section in self._sections.values() if section.id not in self._links.moved]
        return join_parts(
            [
                f"# {self._info['title']}",
                self._info["description"],
                f"Addresses begin with {SERVICE}. {VARIABLES}",
                *(
                    resolve_links(f"## {title}\n\n{text}", GUIDE, self._links.guide, self._links)
                    for _, title, text in rules
                ),
                "## Calls",
                "Each noun has a page with its calls, their parameters, bodies and answers.",
                self._list_nouns(self._groups),
            ]
        )

    def _render_index(self) -> str:
        """Return /llms.txt, in the format of llmstxt.org."""
        ogsm, others, protocol, rest = self._split_groups()
        guides = [self._link_guide(name) for name in GUIDES if name not in OPTIONAL]
        rules = f"- [Using the API]({self._links.guide}): The rules of all calls. Read this page first."
        document = f"- [openapi.json]({SERVICE}/openapi.json): All of it in one OpenAPI 3.1 document."
        return join_parts(
            [
                f"# {self._info['title']}",
                f"> {self._info['description']}",
                FIRST_STEPS,
                "## Guide",
                _join_lines([rules, *guides, self._list_nouns(protocol)]),
                "## OGSM API",
                self._list_nouns(ogsm),
                "## Workspaces API, users and changes",
                self._list_nouns(others),
                "## Optional",
                _join_lines([*map(self._link_guide, OPTIONAL), self._list_nouns(rest), document]),
            ]
        )

    def _split_groups(self) -> list[list[Group]]:
        """Return the groups of each section of the index. A group is in the first section that it fits."""
        sections = [next(filter(group.operations[0].path.startswith, SECTIONS)) for group in self._groups]
        return [[group for group, its in zip(self._groups, sections, strict=True) if its == one] for one in SECTIONS]

    def _list_nouns(self, groups: list[Group]) -> str:
        return _join_lines([f"- [{group.name}]({self._links.pages[group.id]}): {group.note}" for group in groups])

    def _link_guide(self, name: str) -> str:
        return f"- [{_read_title(name)}]({self._links.pages[name]}): {GUIDES[name]}"


def _join_lines(lines: list[str]) -> str:
    return "\n".join(lines)


def _read_page(name: str) -> str:
    return (guide.FOLDER / f"{name}.md").read_text()


def _read_title(name: str) -> str:
    return _read_page(name).partition("\n")[0].removeprefix("# ")


if __name__ == "__main__":
    main()
