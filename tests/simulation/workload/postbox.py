"""The mails that have arrived, and the links in them."""

import re

from tests.simulation import faults
from tests.simulation.base import Base
from tests.simulation.history import History, Mail

DELAY = 60  # steps by which a delayed mail arrives late
LINK = re.compile(r"https?://[^/\s]+(/(?:invitations|address-changes)/(\d+)-\S+)")


class Postbox:
    """The mails of a seed. Anybody in an account may open a link to it, because a mail can be forwarded."""

    def __init__(self, base: Base, history: History) -> None:
        self._history = history
        self._mails = list(base.mails)
        self._read = 0  # entries of the history

    def links(self, account: int, step: int, page: str) -> list[str]:
        """Return the links to a page, such as `invitations`, in the mails of an account that have arrived by a step."""
        entries = self._history.entries
        self._mails += [entry for entry in entries[self._read :] if isinstance(entry, Mail)]
        self._read = len(entries)
        found = [LINK.search(mail.text) for mail in self._mails if _has_arrived(mail, step)]
        return [link[1] for link in found if link and link[1].startswith(f"/{page}/{account}-")]


def _has_arrived(mail: Mail, step: int) -> bool:
    if not mail.is_accepted or mail.fault == faults.MAIL_LOST:
        return False
    return mail.fault != faults.MAIL_LATE or mail.step + DELAY <= step
