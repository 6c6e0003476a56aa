"""Comparing responses with the documents' examples: the same keys in the same order, the same types, the same words."""

import re
from collections.abc import Iterable
from typing import Any

from infra.testing.documents import example

# Where the document shows an object in two orders, one of them is ours.
WORKSPACE = ("owner", "created_at", "name", "type", "id", "description", "links")
STACK = ("name", "id", "description", "links", "items")
USER = ("user_since", "email", "avatar", "id", "name_or_email", "last_name", "first_name")
SETTLED = (WORKSPACE, STACK)
ADDED = {frozenset(USER): ("slug",), frozenset(WORKSPACE): ("setting",)}  # fields that the API adds at the end

ACTIVITY = example("inbox")["items"][0]["activity"]  # other examples of activities are abridged
TIMES = ("user_since", "created_at", "updated_at")
ADDRESSES = ("url", "thumb_url")
FORMS = (r"[1-9][0-9]*", r"[0-9a-f]{9}", r"[0-9a-f]{24}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def assert_as_documented(answer: Any, golden: Any, place: str = "#") -> None:
    """Compare a response with an example, key by key in order. Fail with the place where they differ."""
    assert type(answer) is type(golden), f"{place}: {answer!r} is not like {golden!r}"
    if isinstance(golden, dict):
        _assert_object(answer, golden, place)
    elif isinstance(golden, list):
        assert len(answer) == len(golden), f"{place}: {len(answer)} elements, not {len(golden)}"
        for index, (one, other) in enumerate(zip(answer, golden, strict=True)):
            assert_as_documented(one, other, f"{place}/{index}")
    else:
        _assert_value(answer, golden, place)


def _assert_object(answer: dict[str, Any], golden: dict[str, Any], place: str) -> None:
    if place.endswith("/activity"):
        golden = ACTIVITY | {name: value for name, value in golden.items() if name != "id"}
    order = next((keys for keys in SETTLED if set(keys) == set(golden)), tuple(golden))
    assert tuple(answer) == (*order, *ADDED.get(frozenset(golden), ())), place
    for name, value in golden.items():
        assert_as_documented(answer[name], value, f"{place}/{name}")


def _assert_value(answer: Any, golden: Any, place: str) -> None:
    name = place.rsplit("/", 1)[-1]
    if golden is None or name not in (*TIMES, *ADDRESSES, "id", "href", "email"):
        assert answer == golden, f"{place}: {answer!r} instead of {golden!r}"
    elif name in TIMES:
        assert TIME.fullmatch(answer), f"{place}: {answer!r} is no time"
    elif name in ADDRESSES:
        assert answer.startswith("http"), f"{place}: {answer!r} is no address that works anywhere"
    elif name == "href":
        assert _numberless(answer) == _numberless(golden), place
    elif name == "id":
        [form] = [form for form in FORMS if re.fullmatch(form, str(golden))][-1:]
        assert re.fullmatch(form, str(answer)), f"{place}: {answer!r} is not an id like {golden!r}"


def _numberless(href: str) -> str:
    return re.sub(r"[0-9]+", "1", href)


def hrefs(answer: Any) -> Iterable[str]:
    """Yield every address in a response: links and pictures."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name in ("href", *ADDRESSES):
                yield value
            yield from hrefs(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from hrefs(one)
