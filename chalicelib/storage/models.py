"""Every kind of item in the one table, each with its key.

    kind         pk                          sk                       what it is
    -----------  --------------------------  -----------------------  -----------------------------------------------
    account      ACCOUNTS                    ACCOUNT#{account}        an organisation
    counter      ACCOUNTS                    COUNTER#accounts         last account id
    residence    USERS                       USER#{user}              in which account a user is
    counter      ACCOUNT#{account}           COUNTER#ids              last id of the account
    counter      ACCOUNT#{account}           COUNTER#canvas {canvas}  last row_order on an OGSM canvas
    user         ACCOUNT#{account}           USER#{user}              a person
    address      ACCOUNT#{account}           EMAIL#{email}            keeps an e-mail address unique in its account
    credential   ACCOUNT#{account}           CREDENTIAL#{key}         a key and the hash of its secret
    receipt      ACCOUNT#{account}           RECEIPT#{key}#{hash}     the answer to a request with an Idempotency-Key
    action       ACCOUNT#{account}#ACTIONS   ACTION#{action}          an action, as the JSON text that is answered

Numbers in keys are padded with zeros so that they sort. What callers chose stands last in a key, hashed or checked.
PynamoDB counts the versions that make every change conditional. A list is one Query of a partition or of a prefix in
it; nothing is ever scanned.
"""

from typing import Any, ClassVar, Self

from pynamodb.attributes import (
    Attribute,
    DiscriminatorAttribute,
    JSONAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from chalicelib import config, errors, jsontext

Key = tuple[str, str]

ITEM_LIMIT = 400 * 1024  # bytes, DynamoDB's own
DOCUMENT_LIMIT = ITEM_LIMIT - 4096  # leaves room for keys and for a receipt's own attributes


class DocumentAttribute(JSONAttribute):
    """A documented body as JSON text: read and written as one string, however deep it is."""

    def serialize(self, value: dict[str, Any]) -> str:
        """The JSON text. Raises errors.TooLarge where it would not fit into an item."""
        text = jsontext.dump(value)
        size = len(text.encode())
        if size > DOCUMENT_LIMIT:
            largest = max(value, key=lambda name: len(jsontext.dump(value[name])))
            raise errors.TooLarge(f"{largest}: the object is {size} bytes and at most {DOCUMENT_LIMIT} can be stored")
        return text

    def deserialize(self, value: str) -> dict[str, Any]:
        document: dict[str, Any] = jsontext.load(value)
        return document


class WholeAttribute(Attribute[int]):
    """A whole number; PynamoDB's own numbers may be fractions."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class Item(Model):
    """What all items share. `version` counts changes; PynamoDB saves and deletes only the version that was read."""

    class Meta:
        table_name = config.TABLE_NAME
        billing_mode = "PAY_PER_REQUEST"
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3
        max_pool_connections = 50

    key: ClassVar[Any]  # the ids of an item -> its Key

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = VersionAttribute()

    @classmethod
    def at(cls, *ids: Any, **attributes: Any) -> Self:
        """A new item with the key that these ids make."""
        return cls(*cls.key(*ids), **attributes)


def _account(account: int) -> str:
    return f"ACCOUNT#{account:09}"


class Account(Item, discriminator="account"):
    partition = "ACCOUNTS"
    prefix = "ACCOUNT#"

    id = WholeAttribute()
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()

    @staticmethod
    def key(account: int) -> Key:
        return Account.partition, _account(account)


class Counter(Item, discriminator="counter"):
    """Counts up atomically and without its version, so that many may count at once."""

    last = WholeAttribute()

    @staticmethod
    def key(account: int | None, name: str) -> Key:
        return Account.partition if account is None else _account(account), f"COUNTER#{name}"


class User(Item, discriminator="user"):
    prefix = "USER#"

    id = UnicodeAttribute()
    account = WholeAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    role = UnicodeAttribute()
    created_at = UnicodeAttribute()

    @staticmethod
    def key(account: int, user: str) -> Key:
        return _account(account), f"{User.prefix}{user}"


class Residence(Item, discriminator="residence"):
    account = WholeAttribute()

    @staticmethod
    def key(user: str) -> Key:
        return "USERS", f"{User.prefix}{user}"


class Address(Item, discriminator="address"):
    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, email: str) -> Key:
        return _account(account), f"EMAIL#{email.casefold()}"


class Credential(Item, discriminator="credential"):
    """`secret_hash` is all that is kept of the secret."""

    prefix = "CREDENTIAL#"

    id = UnicodeAttribute()
    account = WholeAttribute()
    user = UnicodeAttribute()
    label = UnicodeAttribute()
    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)

    @staticmethod
    def key(account: int, key: str) -> Key:
        return _account(account), f"{Credential.prefix}{key}"


class Receipt(Item, discriminator="receipt"):
    """The stored answer to a request that carried an Idempotency-Key; `ttl` removes it."""

    fingerprint = UnicodeAttribute()
    status = WholeAttribute()
    headers = JSONAttribute()
    body = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return _account(account), f"RECEIPT#{credential}#{digest}"


class Action(Item, discriminator="action"):
    prefix = "ACTION#"

    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, action: int) -> Key:
        return f"{_account(account)}#ACTIONS", f"{Action.prefix}{action:016}"
