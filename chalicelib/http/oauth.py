"""OAuth 2 as clients speak it (RFC 6749): who asks for a token, and what is said where none is given."""

import re
from urllib.parse import unquote_plus

from chalicelib import errors
from chalicelib.errors import Problem
from chalicelib.http import authorizer
from chalicelib.http.endpoint import ErrorFormat
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.schemas.oauth import TOKEN_ERROR

NO_STORE_HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}
NOT_ALLOWED_IN_DESCRIPTION = re.compile(r"[^ !#-\[\]-~]")  # in an error_description


def read_client(request: ApiRequest) -> tuple[str, str]:
    """Id and secret of who asks, from Basic authentication or from the body. Raises errors.Refused for both at once."""
    header = request.raw.headers.get("authorization", "")
    key, secret = (request.body.get(name) or "" for name in ("client_id", "client_secret"))
    if not authorizer.is_basic(header):
        return key, secret
    known, proof = map(
        unquote_plus, authorizer.read_basic(header) or ("", "")
    )  # section 2.3.1 has both encoded as in a form
    if secret or key not in ("", known):
        raise errors.Refused("send client_id and client_secret either in the body or by Basic authentication")
    return known, proof


def read_scope(request: ApiRequest) -> str:
    """The scope that is asked for, in the query or in the body. Raises errors.Refused for two that differ."""
    asked = {given for given in (request.query.get("scope"), request.body.get("scope")) if given}
    if len(asked) > 1:
        raise errors.Refused("scope stands both in the query and in the body, and differs")
    return "".join(asked)


def _refusal(problem: Problem) -> ApiResponse | None:
    """What RFC 6749 section 5.2 knows, in its words; existing clients read `message`."""
    if problem.status not in (400, 401, 413, 415, 422):
        return None
    said = NOT_ALLOWED_IN_DESCRIPTION.sub("?", problem.detail)
    word = problem.word if isinstance(problem, errors.Refused) else errors.Refused.word
    is_unknown = isinstance(problem, errors.UnknownClient)
    challenge = {"WWW-Authenticate": authorizer.REALM} if is_unknown else {}
    body = {"error": word, "error_description": said, "message": said}
    return ApiResponse(body, 401 if is_unknown else 400, NO_STORE_HEADERS | challenge)


OAUTH_ERRORS = ErrorFormat(TOKEN_ERROR, (400, 401), _refusal)
