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

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute

from chalicelib.storage.item import DocumentAttribute, Item, Key, WholeAttribute


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
