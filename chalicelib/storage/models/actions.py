"""Actions of the OGSM API."""

from chalicelib.storage.models.base import Item, Range, Ref, StoredDocument, StoredText
from chalicelib.storage.models.keys import ogsm_partition
from chalicelib.storage.rows import Entry, TextEntry


class Action(StoredDocument, discriminator="action"):
    """An action of an account, as its JSON text.

    Key: ACCOUNT#{account}#OGSM / ACTION#{action}
    Access patterns: get by id; list all in the order of their ids.
    """

    prefix = "ACTION#"
    is_canonical = True

    @staticmethod
    def ref(account: int, action: int) -> Ref["Action"]:
        """Return the reference to an action."""
        return Ref(ogsm_partition(account), f"{Action.prefix}{action:016}", Action)

    @staticmethod
    def of_account(account: int) -> Range["Action"]:
        """Return the range of all actions of an account, in the order of their ids."""
        return Range.under(ogsm_partition(account), Action.prefix, Action)

    @staticmethod
    def read_entry(item: Item) -> TextEntry[list[int]]:
        """Return an item as an entry of a list by id, without building the row. The position consists of the id."""
        return Entry([int(item["sk"]["S"].removeprefix(Action.prefix))], StoredText(item["doc"]["S"]))
