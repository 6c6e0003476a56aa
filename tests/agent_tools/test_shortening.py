"""How answers become short: flat objects, and marks where something was cut."""

from typing import Any

import pytest

from chalicelib import json_text
from chalicelib.agent_tools.results import MAX_RESULT_BYTES, fits, shorten
from chalicelib.agent_tools.shortening import STEPS, cut, pick, simplify

ADA = {"id": "a1b2c3d4e", "name_or_email": "Ada Admin", "email": "ada@acme.example", "slug": "ada-admin", "links": []}
SHORT_ADA = {"name": "Ada Admin", "id": "a1b2c3d4e", "slug": "ada-admin", "email": "ada@acme.example"}
BLOCK = {"id": "0" * 24, "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("value", "simple"),
    [
        ({"name": "doing"}, "doing"),
        ({"id": 4}, 4),
        ({"id": 4, "row_order": 2}, 4),
        ([{"name": "a"}, {"name": "b"}], ["a", "b"]),
        (ADA, SHORT_ADA),
        (BLOCK | {"value": "high", "options": ["low", "high"], "name": "priority"}, "high"),
        (BLOCK | {"time": None, "name": None}, None),
        ({"activity": {"id": 1, "name": "x"}, "links": []}, {"id": 1, "name": "x"}),
        ({"id": 1, "activity": {"id": 2, "name": "x"}, "links": []}, {"id": 1, "activity": {"id": 2, "name": "x"}}),
        ({"id": 1, "created_at": "2024-01-01T00:00:00Z"}, {"id": 1, "created_at": "2024-01-01T00:00:00Z"}),
        ({}, {}),
        (None, None),
    ],
)
def test_an_object_is_simplified(value: Any, simple: Any) -> None:
    assert simplify(value) == simple


def test_picked_fields_keep_their_order_and_show_users_by_name() -> None:
    assert pick({"a": 1, "owner": SHORT_ADA, "c": 3}, ("c", "owner", "missing")) == {"c": 3, "owner": "Ada Admin"}


def test_a_long_text_is_cut_with_a_mark_that_says_how_long_it_is() -> None:
    most = STEPS[2][0]
    assert cut("x" * most, 2, "look there") == "x" * most
    assert cut("x" * (most + 1), 2, "look there") == f"{'x' * most}… [cut: {most} of {most + 1} characters; look there]"


def test_a_long_array_is_cut_with_a_mark_that_says_how_many_are_missing() -> None:
    most = STEPS[2][1]
    assert cut([1] * (most + 3), 2, "look there") == [*[1] * most, "[cut: 3 more; look there]"]


@pytest.mark.parametrize("text", ["x", "é", "😀", '"', "\\", "\x01"], ids=ascii)
def test_any_document_is_cut_until_it_fits(text: str) -> None:
    document = {f"field {number}": [text * 300_000] * 300 for number in range(10)}
    shortened = shorten(document, "look there")
    assert fits(shortened)
    assert len(json_text.dump(shortened).encode()) < MAX_RESULT_BYTES / 2
    assert shortened.keys() == document.keys()


def test_a_document_that_fits_stays_whole() -> None:
    document = {"text": "x" * STEPS[0][0]}
    assert shorten(document, "look there") == document
