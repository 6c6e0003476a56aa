"""Actions of the OGSM API."""

from chalicelib.storage.models.ogsm_objects import ObjectRow


class Action(ObjectRow, discriminator="action"):
    """An action of an account, as its JSON text.

    Key: ACCOUNT#{account}#OGSM / ACTION#{action}
    Access patterns: get by id; list all in the order of their ids.
    """

    prefix = "ACTION#"
