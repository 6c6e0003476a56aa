"""`make generate`: write the content of the reference to chalicelib/pages/static/reference.html.

The file is part of the package, because rendering it takes about a second on Lambda. The page around it is a template
of chalicelib.pages, so that the file changes only with the OpenAPI document, the guide and the templates here.
"""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.pages import rendering
from chalicelib.routes import contract
from infra.reference import guide
from infra.reference.operations import Group, Reference

FILE = rendering.FOLDER / "static/reference.html"


def main() -> None:
    """Write the file."""
    FILE.write_text(text())


def text() -> str:
    """Return the text of the file, from the OpenAPI document and the guide as they are now."""
    return render(Reference(json.loads(contract.FILE.read_text())), guide.FILE.read_text())


def render(reference: Reference, guide_text: str) -> str:
    """Return the contents and the main part of the reference, for the address of the local server.

    A section of the guide with the name of a group of calls becomes the introduction of that group.
    """
    groups = reference.groups
    sections = guide.read_sections(guide_text, [group.id for group in groups])
    introductions = {section.id: section for section in sections if section.id in _ids(groups)}
    return (
        _templates()
        .get_template("content.html")
        .render(
            api=contract.WRITTEN_FOR,
            reference=reference,
            groups=groups,
            introductions=introductions,
            sections=[section for section in sections if section.id not in introductions],
        )
    )


def _ids(groups: list[Group]) -> set[str]:
    return {group.id for group in groups}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


if __name__ == "__main__":
    main()
