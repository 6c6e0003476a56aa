"""Conditions are evaluated for a dry run as the store evaluates them."""

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition

from chalicelib.storage.conditions import holds
from chalicelib.storage.connection import table_connection
from chalicelib.storage.models.base import Item
from chalicelib.storage.models.users import User

KEY = "PARTITION", "ROW"
ROW: Item = {"version": {"N": "3"}, "role": {"S": "member"}, "stamp": {"B": b"\x01"}, "is_placeholder": {"BOOL": True}}
CONDITIONS = [
    *(User.version == 3, User.version == 4),
    *(User.version > 2, User.version > 3, User.version < 10, User.version < 3, User.version <= 3, User.version <= 2),
    *(User.role == "member", User.role == "admin", User.role < "n", User.role < "a"),
    *(User.role.is_in("admin", "member"), User.role.is_in("admin"), User.slug.is_in("x")),
    *(User.role.exists(), User.role.does_not_exist(), User.slug.exists(), User.slug.does_not_exist()),
    *(User.slug == "x", User.slug < "x"),
    *(User.is_placeholder == True, User.is_placeholder == False),  # noqa: E712
    *(User.stamp == b"\x01", User.stamp == b"\x02"),
    *((User.version == 3) & User.role.exists(), (User.version == 3) & User.slug.exists()),
    *((User.version == 4) | User.role.exists(), (User.version == 4) | User.slug.exists()),
    (User.version == 3) & (User.slug.exists() | (User.role.exists() & User.slug.does_not_exist())),
]


def holds_in_the_store(condition: Condition) -> bool:
    check = table_connection.get_operation_kwargs(*KEY, condition=condition)
    try:
        table_connection.connection.transact_write_items([check], [], [], [])
    except TransactWriteError:
        return False
    return True


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_a_condition_holds_for_a_row_and_for_none_as_in_the_store(url: str, condition: Condition) -> None:
    assert holds(condition, None) == holds_in_the_store(condition)
    table_connection.put_item(*KEY, attributes=ROW)
    assert holds(condition, ROW) == holds_in_the_store(condition)


def test_bytes_are_the_same_as_their_base64_text() -> None:
    assert holds(User.stamp == b"\x01", {"stamp": {"B": "AQ=="}})


@pytest.mark.parametrize("condition", [User.version >= 3, User.role != "x", User.role.startswith("x")], ids=repr)
def test_a_condition_that_the_service_does_not_use_is_refused(condition: Condition) -> None:
    with pytest.raises(NotImplementedError, match="cannot be evaluated"):
        holds(condition, ROW)
