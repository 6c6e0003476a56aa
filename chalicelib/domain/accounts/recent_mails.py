"""The pause between two mails to an address: at most one of a kind in ten minutes.

The note of a mail is saved in the commit that claims the mail. If the mail cannot be sent, the note is deleted.
"""

from datetime import timedelta

from chalicelib import clock
from chalicelib.mail.delivery import SENT
from chalicelib.storage.models.recent_mails import RecentMail

PAUSE = timedelta(minutes=10)


def build_note(account: int, kind: str, email: str, about: object, last_mail: RecentMail | None = None) -> RecentMail:
    """Return the note of a mail to an address that is about to be sent.

    It may replace that of `last_mail`, which did not forbid this one.
    """
    note = RecentMail.at(account, kind, email, about=str(about), ttl=clock.after(PAUSE))
    note.replaced = last_mail.about if last_mail else None
    return note


def is_too_soon(last_mail: RecentMail | None, about: object, delivery: str | None) -> bool:
    """Return whether the last mail to an address forbids one about an object whose `delivery` is this.

    The last mail may have been about the same object and not have been sent, or not have been noted as sent because its
    request was cut off. Then its claim decides (see mail/delivery.py).
    """
    if last_mail is None or last_mail.ttl <= clock.current_time():
        return False
    return last_mail.about != str(about) or delivery == SENT
