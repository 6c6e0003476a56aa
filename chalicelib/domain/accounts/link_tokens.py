"""What the link in a mail proves: a token, of which only the hash is kept. It works once, and for 14 days."""

import re
from datetime import timedelta

from chalicelib import clock, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credentials
from chalicelib.storage import table
from chalicelib.storage.models.link_tokens import LinkToken

LIFETIME = timedelta(days=14)
TOKEN_PATTERN = re.compile(r"([1-9][0-9]{0,8})-[A-Za-z0-9_-]{43}")


def issue_link_token(account: int, user: str, inviter: str, **about: int) -> tuple[str, LinkToken]:
    """A new token: its account, by which it is found, and 256 random bits; and what is kept of it."""
    token = f"{account}-{randomness.url_safe_token()}"
    kept = LinkToken.at(
        account, credentials.hash_secret(token), user=user, inviter=inviter, ttl=clock.after(LIFETIME), **about
    )
    return token, kept


def link_url(base: str, token: str) -> str:
    """What a mail brings: the page that takes the token."""
    return f"{base}/invitations/{token}"


def find_link_token(token: str) -> tuple[Caller, LinkToken] | None:
    """Whom a token was given to, and what is kept of it; None where it was used, has expired or never existed."""
    match = TOKEN_PATTERN.fullmatch(token)
    known = table.get(LinkToken, int(match[1]), credentials.hash_secret(token)) if match else None
    if match is None or known is None or known.ttl <= clock.current_time():
        return None
    return Caller(int(match[1]), known.user, "", "write"), known
