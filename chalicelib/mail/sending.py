"""Send mail through Amazon SES. Each mail has a text part and an HTML part with the same content."""

import logging
from contextlib import suppress
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.control_characters import escape_control_characters

_log = logging.getLogger(__name__)


def deliver(to: str, subject: str, text: str, html: str) -> bool:
    """Send one mail. Return whether SES accepted it; log why if it did not."""
    if not config.MAIL_FROM:
        _log.warning("Mail is not sent because MAIL_FROM is not set.")
        return False
    body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
    simple = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}
    try:
        client().send_email(
            FromEmailAddress=config.MAIL_FROM, Destination={"ToAddresses": [to]}, Content={"Simple": simple}
        )
    except (BotoCoreError, ClientError) as error:
        # Log the error code only: the message may contain the address.
        details = (getattr(error, "response", None) or {}).get("Error", {})  # without an answer it is None
        reason = str(details.get("Code", type(error).__name__))
        _log.warning("A mail could not be sent: %s", escape_control_characters(reason))
        return False
    return True


def find_public_url(path: str) -> str | None:
    """Return the URL of a page for a mail. Without PUBLIC_URL it is None, and the log says so."""
    if not config.PUBLIC_URL:
        _log.warning("A mail with a link is not sent because PUBLIC_URL is not set.")
        return None
    return config.PUBLIC_URL + path


def verify_sender() -> None:
    """Register MAIL_FROM with SES, for development. On AWS the owner of the address also has to confirm it."""
    with suppress(client().exceptions.AlreadyExistsException):
        client().create_email_identity(EmailIdentity=config.MAIL_FROM)


@cache
def client() -> Any:
    """Return the SES client. It is created on first use, because a second client would slow down every cold start."""
    settings = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    return botocore.session.get_session().create_client("sesv2", config=settings)
