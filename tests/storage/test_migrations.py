"""Versions of documents: the steps that upgrade one, and what is known about a version."""

from typing import Any

import pytest

from chalicelib.storage.migrations import DocumentFormat, add_field, rename_field

TWO_STEPS = (add_field("budget", 0), rename_field("title", "name"))
OLDEST = {"id": 1, "title": "x", "end": None}
PART_STEPS = (add_field("size"),)


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (OLDEST, None),
        (OLDEST | {"budget": 0}, "2"),
        ({"id": 1, "name": "x", "end": None, "budget": 0}, "3"),
    ],
)
def test_a_document_of_any_version_is_upgraded_to_the_current_one(document: dict[str, Any], version: str) -> None:
    current, reached = DocumentFormat(TWO_STEPS).upgrade(document, version)
    assert list(current.items()) == [("id", 1), ("name", "x"), ("end", None), ("budget", 0)]
    assert reached == "3"


def test_an_upgrade_does_not_change_the_document_it_is_given() -> None:
    document = dict(OLDEST)
    DocumentFormat(TWO_STEPS).upgrade(document, None)
    assert document == OLDEST


def test_a_newer_document_stays_as_it_is() -> None:
    assert DocumentFormat(TWO_STEPS).upgrade({"id": 1}, "4") == ({"id": 1}, "4")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (None, {"id": 1, "budget": 0, "name": "x", "part": {"size": None}}),
        ("3", {"id": 1, "title": "x", "part": {"size": None}}),
        ("1.2", {"id": 1, "budget": 0, "name": "x", "part": {}}),
        ("3.2", {"id": 1, "title": "x", "part": {}}),
    ],
)
def test_a_part_is_upgraded_by_its_own_steps(version: str | None, expected: dict[str, Any]) -> None:
    document_format = DocumentFormat(TWO_STEPS, parts={"part": PART_STEPS})
    assert document_format.upgrade({"id": 1, "title": "x", "part": {}}, version) == (expected, "3.2")


@pytest.mark.parametrize(
    ("document_format", "version"),
    [
        (DocumentFormat(), None),
        (DocumentFormat(TWO_STEPS), "3"),
        (DocumentFormat(parts={"part": ()}), None),
        (DocumentFormat(parts={"part": PART_STEPS}), "1.2"),
        (DocumentFormat(TWO_STEPS, parts={"part": ()}), "3.1"),
    ],
)
def test_the_first_version_has_no_text(document_format: DocumentFormat, version: str | None) -> None:
    assert document_format.version == version


@pytest.mark.parametrize(
    ("version", "is_newer"),
    [(None, False), ("3", False), ("3.1", False), ("3.2", False), ("4", True), ("1.3", True), ("1.1.2", True)],
)
def test_a_version_is_newer_if_one_of_its_numbers_is_unknown(version: str | None, is_newer: bool) -> None:
    assert DocumentFormat(TWO_STEPS, parts={"part": PART_STEPS}).is_newer(version) is is_newer
