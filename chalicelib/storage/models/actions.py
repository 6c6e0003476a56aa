"""Actions of the OGSM API."""

from chalicelib.storage.models.base import Key, StoredDocument
from chalicelib.storage.models.keys import ogsm_partition


class Action(StoredDocument, discriminator="action"):
    """An action of an account, as its JSON text.

    Key: ACCOUNT#{account}#OGSM / ACTION#{action}
    Access patterns: get by id; list all in the order of their ids.
    """

    prefix = "ACTION#"

    @staticmethod
    def key(account: int, action: int) -> Key:
        """Return the key of an action."""
        return ogsm_partition(account), f"{Action.prefix}{action:016}"
