"""Form-encoded bodies in bracket notation."""

from typing import Any

import pytest

from chalicelib import errors
from chalicelib.http import forms

GOOD: list[tuple[str, Any]] = [
    ("", {}),
    ("title=x", {"title": "x"}),
    ("title=a+b%26c%3Dd&description=%F0%9F%98%80", {"title": "a b&c=d", "description": "😀"}),
    ("due=", {"due": None}),
    ("status[name]=doing", {"status": {"name": "doing"}}),
    ("status%5Bname%5D=doing", {"status": {"name": "doing"}}),
    ("labels[]=a&labels[]=b", {"labels": ["a", "b"]}),
    ("labels[]=", {"labels": []}),
    ("labels[]=&labels[]=a", {"labels": ["a"]}),
    ("labels[][name]=a&labels[][name]=b", {"labels": [{"name": "a"}, {"name": "b"}]}),
    (
        "c[][id]=1&c[][row_order]=2&c[][id]=3&c[][row_order]=4",
        {"c": [{"id": "1", "row_order": "2"}, {"id": "3", "row_order": "4"}]},
    ),
    ("a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]}),
    ("a[][b][]=1&a[][b][]=2&a[][c]=3", {"a": [{"b": ["1"]}, {"b": ["2"], "c": "3"}]}),
    ("a[b][c]=1&a[b][d]=2&a[e]=3", {"a": {"b": {"c": "1", "d": "2"}, "e": "3"}}),
]


@pytest.mark.parametrize(("text", "form"), GOOD)
def test_a_form_is_parsed_into_an_object(text: str, form: Any) -> None:
    assert forms.parse_form(text) == form


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a=1&a=2", "'a' is given twice"),
        ("a[b]=1&a[b]=2", "'a[b]' is given twice"),
        ("a=1&a[b]=2", "two different types"),
        ("a[]=1&a[b]=2", "two different types"),
        ("a[b]=1&a=2", "'a' is given twice"),
        ("a[=1", "not in bracket notation"),
        ("[a]=1", "not in bracket notation"),
        ("a]b=1", "not in bracket notation"),
        ("=1", "not in bracket notation"),
        ("a=%FF", "not valid UTF-8"),
        ("a" + "[b]" * 16 + "=1", "more than 16 levels deep"),
        ("a" + "[b][]" * 500 + "=1", "more than 16 levels deep"),
        ("a[][]=1", "not in bracket notation"),
    ],
)
def test_a_form_in_wrong_notation_is_refused(text: str, words: str) -> None:
    with pytest.raises(errors.BadRequest) as refused:
        forms.parse_form(text)
    assert words in refused.value.detail
