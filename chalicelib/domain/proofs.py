"""What the link in a mail proves: a token, of which only the hash is kept. It works once, and for 14 days."""

import re
import secrets
from datetime import UTC, datetime, timedelta

from chalicelib.domain import credentials
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.records import Token

VALID = timedelta(days=14)
TOKEN = re.compile(r"([1-9][0-9]{0,8})-[A-Za-z0-9_-]{43}")


def issued(account: int, user: str, inviter: str, **about: int) -> tuple[str, Token]:
    """A new token: its account, by which it is found, and 256 random bits; and what is kept of it."""
    token = f"{account}-{secrets.token_urlsafe(32)}"
    kept = Token.at(account, credentials.hashed(token), user=user, inviter=inviter, ttl=VALID, **about)
    return token, kept


def link(base: str, token: str) -> str:
    """What a mail brings: the page that takes the token."""
    return f"{base}/invitations/{token}"


def found(token: str) -> tuple[Caller, Token] | None:
    """Whom a token was given to, and what is kept of it; None where it was used, has expired or never existed."""
    match = TOKEN.fullmatch(token)
    known = table.get(Token, int(match[1]), credentials.hashed(token)) if match else None
    if match is None or known is None or known.ttl <= datetime.now(UTC):
        return None
    return Caller(int(match[1]), known.user, "", "write"), known
