"""Form-encoded bodies in bracket notation."""

from typing import Any

import httpx
import pytest

from chalicelib import errors
from chalicelib.http import forms
from infra.testing.world import World
from tests.support.problems import assert_problem

LIST = "/api/v2/actions.json"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}  # what `curl -d` sends
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
    ("labels[0][name]=a&labels[1][name]=b", {"labels": [{"name": "a"}, {"name": "b"}]}),
    ("labels[10]=c&labels[2]=b&labels[0]=a", {"labels": ["a", "b", "c"]}),
    ("labels[999999999]=b&labels[7]=a", {"labels": ["a", "b"]}),
    ("c[1][id]=3&c[0][id]=1&c[1][row_order]=4", {"c": [{"id": "1"}, {"id": "3", "row_order": "4"}]}),
    ("a[b][1]=2&a[b][0]=1&c[][0]=1&d[0][]=1&d[0][]=2", {"a": {"b": ["1", "2"]}, "c": [["1"]], "d": [["1", "2"]]}),
    ("labels[0]=", {"labels": []}),
    ("labels[0]=&labels[1]=a", {"labels": ["a"]}),
    (
        "a[0]=1&a[x]=2&b[00]=1&c[-1]=1&d[%D9%A3]=1",
        {"a": {"0": "1", "x": "2"}, "b": {"00": "1"}, "c": {"-1": "1"}, "d": {"٣": "1"}},
    ),
    ("0=a&1=b", {"0": "a", "1": "b"}),
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
        ("a[0]=1&a[0]=2", "'a[0]' is given twice"),
        ("a[0]=1&a[]=2", "two different types"),
    ],
)
def test_a_form_in_wrong_notation_is_refused(text: str, words: str) -> None:
    with pytest.raises(errors.BadRequest) as refused:
        forms.parse_form(text)
    assert words in refused.value.detail


@pytest.mark.parametrize(
    "text", ['{"title": "a&b=c+d%20"}', ' \r\n\t{"title": "a&b=c+d%20"}', '\ufeff{"title": "a&b=c+d%20"}']
)
def test_json_under_the_type_of_a_form_is_taken_as_json(ada: httpx.Client, text: str) -> None:
    made = ada.post(LIST, content=text.encode(), headers=FORM)
    assert (made.status_code, made.json()["title"]) == (201, "a&b=c+d%20")


@pytest.mark.parametrize("text", ['{"title": ', "{title: 1}", "{}{}", "{=1"])
def test_malformed_json_under_the_type_of_a_form_is_reported_as_json(ada: httpx.Client, text: str) -> None:
    assert_problem(ada.post(LIST, content=text, headers=FORM), 400, "not valid JSON at line 1, column")


def test_json_under_the_type_of_a_form_has_json_booleans(ada: httpx.Client) -> None:
    for value, status in (("true", 201), ('"true"', 201), ("1", 422), ('"yes"', 422)):
        content = f'{{"title": "x", "archived": {value}}}'
        assert ada.post(LIST, content=content, headers=FORM).status_code == status, value


def test_a_form_with_indexes_is_accepted_like_json(ada: httpx.Client) -> None:
    made = ada.post(LIST, content="title=x&labels[3][name]=b&labels[0][name]=a", headers=FORM)
    assert (made.status_code, made.json()["labels"]) == (201, [{"name": "a"}, {"name": "b"}])
    wrong = ada.post(LIST, content="title=x&labels[0]=a&labels[x]=b", headers=FORM)
    assert_problem(wrong, 422)
    assert wrong.json()["errors"] == [{"pointer": "#/labels", "detail": "must be an array"}]


@pytest.mark.parametrize(
    ("words", "meaning"),
    [(("true", "1", "on", "ON", "yes", "Yes"), True), (("false", "0", "off", "Off", "no", "NO"), False)],
)
def test_booleans_in_a_form_may_be_other_words(world: World, words: tuple[str, ...], meaning: bool) -> None:
    for word in words:
        made = world.owner.post(LIST, content=f"title=x&archived={word}", headers=FORM)
        assert (made.status_code, made.json()["archived"]) == (201, meaning), word
        changed = world.owner.put(
            world.workspace_url, content=f"setting[allow_take_over_by_members]={word}", headers=FORM
        )
        assert changed.json()["setting"]["allow_take_over_by_members"] is meaning, "in an object as well"


@pytest.mark.parametrize("word", ["", "y", "2", "01", "ja", "None", "x" * 1_000])
def test_other_words_are_no_booleans(ada: httpx.Client, word: str) -> None:
    wrong = ada.post(LIST, content=f"title=x&archived={word}", headers=FORM)
    assert_problem(wrong, 422)
    assert wrong.json()["errors"] == [{"pointer": "#/archived", "detail": "must be true or false"}]


@pytest.mark.parametrize("value", [1, 0, "1", "0", "on", "off", "yes", "no", ""])
def test_json_has_booleans_of_its_own(ada: httpx.Client, value: object) -> None:
    assert_problem(ada.post(LIST, json={"title": "x", "archived": value}), 422)
