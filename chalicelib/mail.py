"""Mail, sent through Amazon SES: each with a text and an HTML part that say the same."""

import logging
from contextlib import suppress
from functools import cache
from string import Template
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.dataclass import dataclass

_log = logging.getLogger(__name__)

TEXT = Template("""\
$inviter invites you to the workspace "$workspace".

$way

If you do not know what this is about, you need not do anything.
""")
HTML = Template("""\
<!doctype html><html lang="en"><body>
<p>$inviter invites you to the workspace <strong>$workspace</strong>.</p>
<p>$way</p>
<p>If you do not know what this is about, you need not do anything.</p>
</body></html>
""")
COPY = "This is a copy of the invitation that $email was sent. The personal link is only in the original."


@dataclass(frozen=True)
class InvitationMail:
    """What an invitation says; `link` is for the invited person's eyes only."""

    email: str
    inviter: str
    workspace: str
    link: str

    def send(self, copy_to: str | None) -> bool:
        """Sends the mail, and a copy without the link. Answers whether the mail itself was accepted for delivery."""
        days = "Accept within 14 days:"
        sent = self._send(self.email, f"{days} {self.link}", f'{days} <a href="{_harmless(self.link)}">accept</a>')
        if sent and copy_to:
            copy = Template(COPY).substitute(email=self.email)
            self._send(copy_to, copy, _harmless(copy))
        return sent

    def _send(self, to: str, text_way: str, html_way: str) -> bool:
        words = {"inviter": self.inviter, "workspace": self.workspace}
        safe = {name: _harmless(word) for name, word in words.items()}
        subject = f"{self.inviter} invites you to {self.workspace}"
        return _deliver(to, subject, TEXT.substitute(words, way=text_way), HTML.substitute(safe, way=html_way))


def _harmless(text: str) -> str:
    from html import escape  # few requests need it, and every cold start would pay

    return escape(text)


def _deliver(to: str, subject: str, text: str, html: str) -> bool:
    if not config.MAIL_FROM:
        _log.warning("no mail is sent, because MAIL_FROM is not set")
        return False
    body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
    simple = {"Subject": {"Data": " ".join(subject.split()), "Charset": "UTF-8"}, "Body": body}
    try:
        _client().send_email(
            FromEmailAddress=config.MAIL_FROM, Destination={"ToAddresses": [to]}, Content={"Simple": simple}
        )
    except (BotoCoreError, ClientError) as error:
        _log.warning("a mail could not be sent: %s", error)
        return False
    return True


def verify_sender() -> None:
    """Has SES know the sender's address. For development: on AWS whoever owns the address has to confirm it."""
    with suppress(_client().exceptions.AlreadyExistsException):
        _client().create_email_identity(EmailIdentity=config.MAIL_FROM)


@cache
def _client() -> Any:
    # Made when the first mail is sent: most requests send none, and a second client costs a cold start.
    settings = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    return botocore.session.get_session().create_client("sesv2", config=settings)
