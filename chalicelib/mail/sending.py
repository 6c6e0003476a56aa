"""Mail, sent through Amazon SES: each with a text and an HTML part that say the same."""

import logging
from contextlib import suppress
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config

_log = logging.getLogger(__name__)


def deliver(to: str, subject: str, text: str, html: str) -> bool:
    if not config.MAIL_FROM:
        _log.warning("no mail is sent, because MAIL_FROM is not set")
        return False
    body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
    simple = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}
    try:
        client().send_email(
            FromEmailAddress=config.MAIL_FROM, Destination={"ToAddresses": [to]}, Content={"Simple": simple}
        )
    except (BotoCoreError, ClientError) as error:
        answer = getattr(error, "response", {}).get("Error", {})  # its message may name the address
        _log.warning("a mail could not be sent: %s", answer.get("Code", type(error).__name__))
        return False
    return True


def verify_sender() -> None:
    """Has SES know the sender's address. For development: on AWS whoever owns the address has to confirm it."""
    with suppress(client().exceptions.AlreadyExistsException):
        client().create_email_identity(EmailIdentity=config.MAIL_FROM)


@cache
def client() -> Any:
    # Made when the first mail is sent: most requests send none, and a second client costs a cold start.
    settings = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    return botocore.session.get_session().create_client("sesv2", config=settings)
