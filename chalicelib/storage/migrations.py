"""Versions of stored documents, and the steps that turn an older document into the current form.

A model declares the form of its documents with a DocumentFormat. An older document is upgraded whenever it is read, and
`python -m infra.admin migrate` stores the upgraded documents. Documents are always written in the current version.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from chalicelib.json_text import JsonObject

Migration = Callable[[JsonObject], JsonObject]  # a pure function that returns a new document

FIRST = 1  # the number of a document that no migration has changed


class DocumentFormat:
    """The current form of the documents in one kind of row.

    `migrations` are all steps so far, the oldest first: step n turns version n into version n + 1. Never change or
    remove a step, because documents of any age may be stored. `parts` are the migrations of objects of another noun
    that the document contains, by the field that contains them.

    A version is a text: the number of the document, followed by the number of each part, such as "3" or "1.3". It is
    None if all numbers are 1, so that the first version needs no space.
    """

    def __init__(
        self, migrations: Sequence[Migration] = (), parts: Mapping[str, Sequence[Migration]] | None = None
    ) -> None:
        part_steps = [[_apply_to(field, step) for step in steps] for field, steps in (parts or {}).items()]
        self._chains = [list(migrations), *part_steps]
        self._numbers = [FIRST + len(chain) for chain in self._chains]
        self.version = _to_version(self._numbers)

    def is_newer(self, version: str | None) -> bool:
        """Return whether a newer release has written a document of this version, or a part of it."""
        return any(number > known for number, known in self._compare(version))

    def upgrade(self, document: JsonObject, version: str | None) -> tuple[JsonObject, str | None]:
        """Return a document of any version in the current form, and the version that it then has.

        A document, or a part of it, that a newer release has written stays as it is and keeps its higher number.
        """
        numbers = self._compare(version)
        for (number, _), chain in zip(numbers, self._chains, strict=False):
            for step in chain[number - FIRST :]:
                document = step(document)
        return document, _to_version([max(pair) for pair in numbers])

    def _compare(self, version: str | None) -> list[tuple[int, int]]:
        """Return pairs of the numbers of a version and of the current one. A number that one of them lacks is FIRST."""
        return list(zip_longest(_to_numbers(version), self._numbers, fillvalue=FIRST))


def add_field(name: str, value: object = None) -> Migration:
    """Return the step that adds a field. It has this value in all documents that were stored without it."""
    return lambda document: document | {name: value}


def rename_field(old: str, new: str) -> Migration:
    """Return the step that renames a field. The field keeps its value and its place among the fields."""
    return lambda document: {new if name == old else name: value for name, value in document.items()}


def _apply_to(field: str, step: Migration) -> Migration:
    """Return the step that changes the object in a field of a document."""
    return lambda document: document | {field: step(document[field])}


def _to_numbers(version: str | None) -> list[int]:
    return [int(number) for number in version.split(".")] if version else [FIRST]


def _to_version(numbers: Sequence[int]) -> str | None:
    return None if set(numbers) == {FIRST} else ".".join(map(str, numbers))
