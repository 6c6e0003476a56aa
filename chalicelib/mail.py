"""Mail, sent through Amazon SES: each with a text and an HTML part that say the same."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from html import escape
from string import Template
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """A kind of mail: subject, text and HTML with blanks."""

    subject: Template
    text: Template
    html: Template

    def send(self, to: str, words: Mapping[str, str], **markup: str) -> bool:
        """Fills the blanks in and sends it; the HTML may have markup of its own where the text has words.

        Answers whether it was accepted for delivery.
        """
        safe = {name: escape(word) for name, word in words.items()} | markup
        subject = " ".join(self.subject.substitute(words).split())
        return _deliver(to, subject, self.text.substitute(words), self.html.substitute(safe))


INVITATION = Form(
    Template("$inviter invites you to $workspace"),
    Template("""\
$inviter invites you to the workspace "$workspace".

$way

If you do not know what this is about, you need not do anything.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$inviter invites you to the workspace <strong>$workspace</strong>.</p>
<p>$way</p>
<p>If you do not know what this is about, you need not do anything.</p>
</body></html>
"""),
)
DELEGATION = Form(
    Template("$delegator hands you $activity"),
    Template("""\
$delegator hands you the activity "$activity".
$note
$way

If you do not know what this is about, you need not do anything.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$delegator hands you the activity <strong>$activity</strong>.</p>
$note<p>$way</p>
<p>If you do not know what this is about, you need not do anything.</p>
</body></html>
"""),
)
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
        words = {"inviter": self.inviter, "workspace": self.workspace}
        way, link = _ways(self.link)
        sent = INVITATION.send(self.email, words | {"way": way}, way=link)
        if sent and copy_to:
            INVITATION.send(copy_to, words | {"way": Template(COPY).substitute(email=self.email)})
        return sent


@dataclass(frozen=True)
class DelegationMail:
    """What a delegation says; `link` is for the delegee's eyes only."""

    email: str
    delegator: str
    activity: str
    note: str
    link: str

    def send(self) -> bool:
        """Sends the mail. Answers whether it was accepted for delivery."""
        words = {"delegator": self.delegator, "activity": self.activity}
        said = f"<blockquote>{escape(self.note)}</blockquote>\n" if self.note else ""
        way, link = _ways(self.link)
        return DELEGATION.send(self.email, words | {"note": self.note, "way": way}, way=link, note=said)


def _ways(link: str) -> tuple[str, str]:
    """How to accept, in text and in HTML."""
    days = "Accept within 14 days:"
    return f"{days} {link}", f'{days} <a href="{escape(link)}">accept</a>'


def _deliver(to: str, subject: str, text: str, html: str) -> bool:
    if not config.MAIL_FROM:
        _log.warning("no mail is sent, because MAIL_FROM is not set")
        return False
    body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
    simple = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}
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
