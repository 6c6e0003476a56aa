"""Stamps: who wrote a version of an object, with which request and when, in 35 bytes.

A stamp consists of

- 5 bytes for the user id, which has nine hexadecimal digits. All bits are set for the operator.
- 8 bytes for the 16 hexadecimal digits in the key of the credential. They are zero if there was no credential. The
  account in the key is left out, because the key of the row names it.
- 16 bytes for the request id. If it is not a UUID, they are the first bytes of its SHA-256 hash.
- 6 bytes for the time in milliseconds since 1970.

Stamps are short so that an activity with its stamp fits into one write unit of DynamoDB, which is 1,024 bytes.
"""

import hashlib
import re
from typing import NamedTuple

OPERATOR = "operator"  # the user in stamps of operator commands
OPERATOR_BYTES = b"\xff" * 5  # no user id has these, because its first four bits are zero
NO_CREDENTIAL_BYTES = bytes(8)
UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Author(NamedTuple):
    """The user who changes something, the credential that was used, and the id of the request.

    `user` is a user id, OPERATOR, or empty if nobody is known. `credential` is the part of its key behind the account,
    or empty if there was no credential.
    """

    user: str
    credential: str
    request_id: str


NOBODY = Author("", "", "")


class Stamp(NamedTuple):
    """The author of a version of an object, and the time of the commit in milliseconds since 1970."""

    author: Author
    milliseconds: int


def pack(author: Author, milliseconds: int) -> bytes:
    """Return a stamp as it is stored. The author must have a user."""
    user = OPERATOR_BYTES if author.user == OPERATOR else bytes.fromhex(f"0{author.user}")
    credential = bytes.fromhex(author.credential) or NO_CREDENTIAL_BYTES
    return user + credential + pack_request_id(author.request_id) + milliseconds.to_bytes(6)


def unpack(stored: bytes) -> Stamp:
    """Return the stamp that was stored. A request id that was hashed is shown as the UUID with the same bytes."""
    user, credential, request = stored[:5], stored[5:13], stored[13:29].hex()
    author = Author(
        OPERATOR if user == OPERATOR_BYTES else user.hex()[1:],
        "" if credential == NO_CREDENTIAL_BYTES else credential.hex(),
        f"{request[:8]}-{request[8:12]}-{request[12:16]}-{request[16:20]}-{request[20:]}",
    )
    return Stamp(author, int.from_bytes(stored[29:]))


def pack_request_id(request_id: str) -> bytes:
    """Return the 16 bytes by which a stamp identifies a request."""
    if UUID_PATTERN.fullmatch(request_id):
        return bytes.fromhex(request_id.replace("-", ""))
    return hashlib.sha256(request_id.encode()).digest()[:16]


def request_of(stored: bytes) -> bytes:
    """Return the 16 bytes by which a stamp identifies the request, as pack_request_id returns them."""
    return stored[13:29]
