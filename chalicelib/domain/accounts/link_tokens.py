"""The tokens of links in mails. A token is for one invitation or delegation, and works for 14 days.

Only its hash is stored.
"""

import re
from datetime import timedelta

from chalicelib import clock, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credentials
from chalicelib.storage import table
from chalicelib.storage.models.link_tokens import LinkToken

LIFETIME = timedelta(days=14)
TOKEN_PATTERN = re.compile(r"([1-9][0-9]{0,8})-[A-Za-z0-9_-]{43}")


def issue_link_token(account: int, user: str, inviter: str, **ids: int) -> tuple[str, LinkToken]:
    """Return a new token for a user, and the row to save for it.

    The token consists of the account, so that it can be found, and 256 random bits. `ids` are those of the invitation
    and its workspace, or of the delegation, that the link is for.
    """
    token = f"{account}-{randomness.url_safe_token()}"
    token_hash = credentials.hash_secret(token)
    row = LinkToken.at(account, token_hash, user=user, inviter=inviter, ttl=clock.after(LIFETIME), **ids)
    return token, row


def link_path(token: str) -> str:
    """Return the path of the page that the token opens, for a mail."""
    return f"/invitations/{token}"


def find_link_token(token: str) -> tuple[Caller, LinkToken] | None:
    """Return the user of a token as the caller, and its row, which may have expired; None if there is no such token."""
    match = TOKEN_PATTERN.fullmatch(token)
    if match is None:
        return None
    account = int(match[1])
    row = table.get(LinkToken.ref(account, credentials.hash_secret(token)))
    return (Caller(account, row.user, "", "write"), row) if row else None
