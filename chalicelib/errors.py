"""The errors that the API answers with. Each error knows its HTTP status (RFC 9110)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class FieldError(TypedDict):
    """One invalid field or parameter.

    `pointer` is the field's JSON pointer as a URI fragment (`#/labels/0/name`), or the parameter (`?sort`). `detail` is
    the rule that was broken, without the field's name: "must not be blank". If an error is about the whole body, its
    pointer is WHOLE_BODY and its detail is a sentence.
    """

    pointer: str
    detail: str


WHOLE_BODY = "#"  # the JSON pointer to the whole document


class Problem(Exception):
    """An error with an HTTP status, which the API answers as problem details (RFC 9457).

    `detail` is a complete sentence for the user. `headers` are added to the response.
    """

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})


class BadRequest(Problem):
    status, title = 400, "Bad Request"


class WrongState(BadRequest):
    """Signed state that was changed, or was signed for another caller or another request."""


class ExpiredState(WrongState):
    """Signed state that was made for this request, too long ago."""


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
    """A row changed between the read and the write. Nothing was written, so the caller may read it again and retry."""


class Gone(Problem):
    status, title = 410, "Gone"


class PreconditionFailed(Problem):
    status, title = 412, "Precondition Failed"


class PreconditionRequired(Problem):
    """A deletion without a confirmation, which the account requires (RFC 6585 section 3)."""

    status, title = 428, "Precondition Required"


class TooLarge(Problem):
    status, title = 413, "Content Too Large"


class UnsupportedMediaType(Problem):
    status, title = 415, "Unsupported Media Type"


MOST_LISTED_ERRORS = 100


class Invalid(Problem):
    """A well-formed request with invalid values. Lists all invalid fields at once, at most MOST_LISTED_ERRORS."""

    status, title = 422, "Unprocessable Content"

    def __init__(self, errors: Sequence[FieldError], more: int = 0) -> None:
        """`more` is the number of errors that are only counted. `errors` has at most MOST_LISTED_ERRORS."""
        self.errors = list(errors)
        sentences = [_describe(error) for error in self.errors]
        if more:
            sentences.append(f"and {more} more errors")
        super().__init__("; ".join(sentences))


def _describe(error: FieldError) -> str:
    """Return the error with the name of its field, which is in quotes if it is empty."""
    if error["pointer"] == WHOLE_BODY:
        return error["detail"]
    name = error["pointer"].lstrip("#/?") or '""'
    return f"{name}: {error['detail']}"


class WrongCursor(Invalid):
    """A cursor that was not made for this list, account and order, or that nobody made."""

    def __init__(self) -> None:
        super().__init__([{"pointer": "?cursor", "detail": "must be a cursor from the Link header of this list"}])


class KeyReused(Problem):
    """An Idempotency-Key that was already used for a different request."""

    status, title = 422, "Unprocessable Content"


class Unavailable(Problem):
    """DynamoDB is throttling requests or cannot be reached. A write may or may not have taken place."""

    status, title = 503, "Service Unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, {"Retry-After": "1"})


class TokenRefused(BadRequest):
    """A refused request for an access token. `code` is its error code of RFC 6749 section 5.2."""

    code = "invalid_request"


class UnknownClient(TokenRefused):
    status, title = 401, "Unauthorized"
    code = "invalid_client"


class UnsupportedGrant(TokenRefused):
    code = "unsupported_grant_type"


class InvalidScope(TokenRefused):
    code = "invalid_scope"
