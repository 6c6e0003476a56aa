"""What all items of the table share: key, kind, version, and the connection that they are read and written through."""

from typing import Any, ClassVar, Self

from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    JSONAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.connection import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib import config, errors, json_text
from chalicelib.storage import metering
from chalicelib.storage.fastpath import client

Key = tuple[str, str]

MAX_ROW_BYTES = 400 * 1024  # bytes, DynamoDB's own
MAX_DOCUMENT_BYTES = MAX_ROW_BYTES - 4096  # leaves room for keys and for a receipt's own attributes


class DocumentAttribute(JSONAttribute):
    """A documented body as JSON text: read and written as one string, however deep it is."""

    def serialize(self, value: dict[str, Any]) -> str:
        """The JSON text. Raises errors.TooLarge where it would not fit into an item."""
        text = json_text.dump(value)
        size = len(text.encode())
        if size > MAX_DOCUMENT_BYTES:
            largest = max(value, key=lambda name: len(json_text.dump(value[name])))
            raise errors.TooLarge(
                f"{largest}: the object is {size} bytes and at most {MAX_DOCUMENT_BYTES} can be stored"
            )
        return text

    def deserialize(self, value: str) -> dict[str, Any]:
        document: dict[str, Any] = json_text.load(value)
        return document


class IntegerAttribute(Attribute[int]):
    """A whole number; PynamoDB's own numbers may be fractions."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class AlarmIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Which alarms are still to be sent, the earliest first: only what carries both attributes stands in it."""

    class Meta:
        index_name = "alarms"
        projection = KeysOnlyProjection()

    alarm_shard = IntegerAttribute(hash_key=True)
    alarm_at = UnicodeAttribute(range_key=True)


class Row(Model):
    """What all items share. `version` counts changes; PynamoDB saves and deletes only the version that was read."""

    class Meta:
        table_name = config.TABLE_NAME
        billing_mode = "PAY_PER_REQUEST"
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 50

    alarms = AlarmIndex()

    key: ClassVar[Any]  # the ids of an item -> its Key
    arrivals: Any  # of the kinds in which others arrive: how often something has
    is_copy: ClassVar[bool] = False  # of an item of the same change, whose version vouches for what is overwritten

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = VersionAttribute()

    @classmethod
    def at(cls, *ids: Any, **attributes: Any) -> Self:
        """A new item with the key that these ids make."""
        return cls(*cls.key(*ids), **attributes)

    @classmethod
    def _instantiate(cls, attribute_values: dict[str, dict[str, Any]]) -> Self:
        # PynamoDB sets each attribute by name, and once more to its default; in this table they are called as here.
        kind: Any = cls._get_discriminator_class(attribute_values) or cls
        item: Self = kind.__new__(kind)
        item.attribute_values = {
            name: one.deserialize(one.get_value(attribute_values[name])) if name in attribute_values else one.default
            for name, one in kind.get_attributes().items()
        }
        return item

    def as_read(self) -> Condition:
        """Holds while the item has not changed since it was read, and nothing has arrived where that is counted."""
        is_same: Condition = type(self).version == self.version
        if "arrivals" not in self.get_attributes():
            return is_same
        counted, known = type(self).arrivals, self.arrivals
        is_same &= counted.does_not_exist() if known is None else counted == known
        return is_same

    def _handle_version_attribute(self, **parts: Any) -> Condition | None:
        # PynamoDB has no public way to save without a condition what was not read, to delete on one more condition, and
        # to count without making a new version.
        if "actions" in parts:
            return None
        unread = self.version is None
        if not parts and not unread:
            return self.as_read()
        condition: Condition | None = super()._handle_version_attribute(**parts)
        return None if self.is_copy and unread else condition


def connection() -> TableConnection:
    """The connection that all models share: a second client would cost a cold start 75 ms more."""
    return Row._get_connection()  # PynamoDB has no public way to it


# Made while the module loads, when Lambda gives a full processor.
metering.watch(client.client(connection().connection))
