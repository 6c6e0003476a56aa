"""Everything that can be wrong with a request, on one screen. Each error knows its status (RFC 9110, RFC 6585)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class FieldError(TypedDict):
    """One wrong field: its JSON pointer as a URI fragment (`#/labels/0/name`) or parameter (`?sort`), and the rule."""

    pointer: str
    detail: str


class Problem(Exception):
    """A request that cannot be answered as asked; rendered as RFC 9457 problem details."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})


class BadRequest(Problem):
    status, title = 400, "Bad Request"


class Forbidden(Problem):
    status, title = 403, "Forbidden"


class NotFound(Problem):
    status, title = 404, "Not Found"


class MethodNotAllowed(Problem):
    status, title = 405, "Method Not Allowed"


class NotAcceptable(Problem):
    status, title = 406, "Not Acceptable"


class Conflict(Problem):
    status, title = 409, "Conflict"


class Stale(Conflict):
    """What was read has changed before the write; nothing was written, so the work may be done again."""


class PreconditionFailed(Problem):
    status, title = 412, "Precondition Failed"


class TooLarge(Problem):
    status, title = 413, "Content Too Large"


class UnsupportedMediaType(Problem):
    status, title = 415, "Unsupported Media Type"


class Invalid(Problem):
    """Well-formed but wrong: names every wrong field at once."""

    status, title = 422, "Unprocessable Content"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error['pointer'].lstrip('#/?')}: {error['detail']}" for error in errors))
        self.errors = list(errors)


class KeyReused(Problem):
    status, title = 422, "Unprocessable Content"


class Unavailable(Problem):
    """The store is throttled or out of reach; nothing is known to have been written."""

    status, title = 503, "Service Unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, {"Retry-After": "1"})


class Refused(BadRequest):
    """A request for an access token that is not given one; `word` is what RFC 6749 section 5.2 calls the reason."""

    word = "invalid_request"


class UnknownClient(Refused):
    status, title = 401, "Unauthorized"
    word = "invalid_client"


class UnsupportedGrant(Refused):
    word = "unsupported_grant_type"


class InvalidScope(Refused):
    word = "invalid_scope"
