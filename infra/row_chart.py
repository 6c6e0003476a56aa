"""`make generate`: list the kinds of row of the table in docs/architecture.md, from the docstrings of the models."""

import importlib
import pkgutil
import re
from inspect import getdoc
from pathlib import Path

from chalicelib.storage import models
from chalicelib.storage.models.base import Row

PAGE = Path(__file__).parent.parent / "docs/architecture.md"
MARKED = re.compile(r"(<!-- rows: .*? -->\n).*?(<!-- end of rows -->)", re.DOTALL)
HEADING = "| kind | partition key | sort key | what it is |\n|---|---|---|---|\n"
Columns = tuple[str, str, str, str]


def main() -> None:
    """Update the table in the page."""
    PAGE.write_text(update(PAGE.read_text()))


def update(page: str) -> str:
    """Return the page with the current table."""
    lines = [f"| {kind} | `{pk}` | `{sk}` | {meaning} |\n" for kind, pk, sk, meaning in chart()]
    return MARKED.sub(lambda match: match[1] + HEADING + "".join(lines) + match[2], page)


def chart() -> list[Columns]:
    """Return a line for each form of a key: kind, partition key, sort key, first sentence of the docstring."""
    lines: list[Columns] = []
    for row_class in row_classes():
        kind = str(Row.kind.get_discriminator(row_class))
        meaning = _first_sentence(getdoc(row_class) or "")
        for form in keys_of(row_class):
            partition, _, sort = form.partition(" / ")
            lines.append((kind, partition, sort, meaning))
    return sorted(lines, key=lambda line: line[1:3])


def _first_sentence(docstring: str) -> str:
    return docstring.partition("\n")[0].partition(". ")[0].rstrip(".")


def row_classes() -> list[type[Row]]:
    """Return the classes of all modules in storage/models, and those that the declarations of OGSM nouns create."""
    importlib.import_module("chalicelib.domain.ogsm.nouns")
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"{models.__name__}.{module.name}")
    return Row.kind.get_registered_subclasses(Row)


def keys_of(row_class: type[Row]) -> list[str]:
    """Return the forms of the key that the docstring of a class declares: `partition key / sort key`."""
    return re.findall(r"^Key: (\S.* / \S.*)$", getdoc(row_class) or "", re.MULTILINE)


def has_declared_form(row_class: type[Row], partition: str, sort: str) -> bool:
    """Return whether a key has one of the forms that the docstring of its class declares.

    `{partition key}` and `{sort key}` stand for a whole key, and every other name in braces for one part of a key.
    """
    forms = [re.sub(r"\\{(partition|sort)\\ key\\}", ".+", re.escape(form)) for form in keys_of(row_class)]
    patterns = [re.sub(r"\\{[^}]*\\}", "[^#]+", form) for form in forms]
    return any(re.fullmatch(pattern, f"{partition} / {sort}") for pattern in patterns)


if __name__ == "__main__":
    main()
