"""Notes of mails that were sent lately, so that nobody gets the same mail again and again."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import clock
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.keys import account_partition


class RecentMail(Row, discriminator="recent_mail"):
    """The last mail of a kind to an address. Until `ttl`, the address gets no other mail of this kind.

    `about` is the id of what the mail is about. The row outlives it, so deleting it and starting anew sends no second
    mail. DynamoDB removes the row some time after `ttl`.

    Key: ACCOUNT#{account} / RECENT_MAIL#{kind}#{email}
    Access patterns: get by kind and address, in any case; save without having read it.
    """

    about = UnicodeAttribute()
    ttl = TTLAttribute()

    replaced: str | None = None  # the `about` of the note that this one may replace before its `ttl`; not stored

    @staticmethod
    def ref(account: int, kind: str, email: str) -> Ref["RecentMail"]:
        """Return the reference to the last mail of a kind to an address. Upper and lower case make no difference."""
        return Ref(account_partition(account), f"RECENT_MAIL#{kind}#{email.lower()}", RecentMail)

    def save_condition(self) -> Condition:
        """Return the condition that there was no other mail lately, so that nobody has to read the row before."""
        is_over = RecentMail.ttl <= clock.current_time()
        condition: Condition = RecentMail.about.does_not_exist() | is_over | (RecentMail.about == self.about)
        return condition if self.replaced is None else condition | (RecentMail.about == self.replaced)

    def delete_condition(self) -> Condition:
        """Return the condition that no other mail was sent since."""
        condition: Condition = RecentMail.about == self.about
        return condition
