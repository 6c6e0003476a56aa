"""The attributes of a kind of row are those that PynamoDB finds itself."""

import inspect
from collections.abc import Iterator
from typing import Any

import pynamodb.attributes
import pynamodb.models
import pytest
from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.indexes import Index

from chalicelib import config
from chalicelib.storage.fastpath.row_classes import find_members
from chalicelib.storage.models.base import Row


class Base:
    own = UnicodeAttribute()
    hidden = UnicodeAttribute()
    replaced: Any = UnicodeAttribute()


class Derived(Base):
    hidden = None  # type: ignore[assignment]
    replaced = UnicodeAttribute(null=True)
    added = UnicodeAttribute()


def is_attribute(member: object) -> bool:
    return isinstance(member, Attribute)


def kinds_of_row(kind: type[Row] = Row) -> Iterator[type[Row]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from kinds_of_row(derived)


def test_every_kind_of_row_has_the_attributes_that_pynamodb_finds() -> None:
    kinds = list(kinds_of_row())
    assert len(kinds) > 40
    for kind in kinds:
        found = find_members(kind, is_attribute)
        assert found == inspect.getmembers(kind, is_attribute)
        assert dict(found) == kind.get_attributes()
        assert not inspect.getmembers(kind, lambda member: isinstance(member, Index))


def test_an_attribute_that_a_class_replaces_or_hides_is_found_as_pynamodb_finds_it() -> None:
    found = find_members(Derived, is_attribute)
    assert found == inspect.getmembers(Derived, is_attribute)
    assert [name for name, _ in found] == ["added", "own", "replaced"]


@pytest.mark.skipif(not config.FASTPATH, reason="the shortcuts are off")
def test_pynamodb_uses_the_shortcut() -> None:
    assert pynamodb.attributes.getmembers is find_members  # type: ignore[attr-defined]
    assert pynamodb.models.getmembers is find_members  # type: ignore[attr-defined]
