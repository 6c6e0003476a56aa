"""The HTTP side of OAuth 2 (RFC 6749): how a client identifies itself, and how errors are reported to it."""

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
NOT_ALLOWED_IN_DESCRIPTION = re.compile(r"[^ !#-\[\]-~]")  # the characters that error_description may not contain


def read_client(request: ApiRequest) -> tuple[str, str]:
    """Return client id and secret, from Basic authentication or from the body. Raises errors.TokenRefused for both."""
    header = request.raw.headers.get("authorization", "")
    body_id, body_secret = (request.body.get(name) or "" for name in ("client_id", "client_secret"))
    if not authorizer.is_basic(header):
        return body_id, body_secret
    # Section 2.3.1: in the header, both are encoded as in a form.
    client_id, secret = map(unquote_plus, authorizer.read_basic(header) or ("", ""))
    if body_secret or body_id not in ("", client_id):
        raise errors.TokenRefused("Send client_id and client_secret either in the body or by Basic authentication.")
    return client_id, secret


def read_scope(request: ApiRequest) -> str:
    """Return the requested scope, from the query or the body. Raises errors.TokenRefused if the two differ."""
    scopes = {scope for scope in (request.query.get("scope"), request.body.get("scope")) if scope}
    if len(scopes) > 1:
        raise errors.TokenRefused("The scope in the query differs from the scope in the body.")
    return "".join(scopes)


def _format_error(problem: Problem) -> ApiResponse | None:
    """Return an error in the format of RFC 6749 section 5.2, or None for one that it has no code for.

    `message` is for existing clients.
    """
    if problem.status not in (400, 401, 413, 415, 422):
        return None
    description = NOT_ALLOWED_IN_DESCRIPTION.sub("?", problem.detail)
    code = problem.code if isinstance(problem, errors.TokenRefused) else errors.TokenRefused.code
    is_unknown_client = isinstance(problem, errors.UnknownClient)
    challenge = {"WWW-Authenticate": authorizer.REALM} if is_unknown_client else {}
    body = {"error": code, "error_description": description, "message": description}
    return ApiResponse(body, 401 if is_unknown_client else 400, NO_STORE_HEADERS | challenge)


OAUTH_ERRORS = ErrorFormat(TOKEN_ERROR, (400, 401), _format_error)
