"""OAuth 2 as clients speak it (RFC 6749): who asks for a token, and what is said where none is given."""

import re
from urllib.parse import unquote_plus

from chalicelib import auth, errors
from chalicelib.errors import Problem
from chalicelib.http.call import Call, Reply
from chalicelib.http.endpoint import Dialect
from chalicelib.signing import TOKEN_ERROR

UNKEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
UNSPEAKABLE = re.compile(r"[^ !#-\[\]-~]")  # in an error_description


def client(call: Call) -> tuple[str, str]:
    """Id and secret of who asks, from Basic authentication or from the body. Raises errors.Refused for both at once."""
    header = call.request.headers.get("authorization", "")
    key, secret = (call.body.get(name) or "" for name in ("client_id", "client_secret"))
    if not auth.is_basic(header):
        return key, secret
    known, proof = map(unquote_plus, auth.pair(header) or ("", ""))  # section 2.3.1 has both encoded as in a form
    if secret or key not in ("", known):
        raise errors.Refused("send client_id and client_secret either in the body or by Basic authentication")
    return known, proof


def scope(call: Call) -> str:
    """The scope that is asked for, in the query or in the body. Raises errors.Refused for two that differ."""
    asked = {given for given in (call.query.get("scope"), call.body.get("scope")) if given}
    if len(asked) > 1:
        raise errors.Refused("scope stands both in the query and in the body, and differs")
    return "".join(asked)


def _refusal(problem: Problem) -> Reply | None:
    """What RFC 6749 section 5.2 knows, in its words; existing clients read `message`."""
    if problem.status not in (400, 401, 413, 415, 422):
        return None
    said = UNSPEAKABLE.sub("?", problem.detail)
    word = problem.word if isinstance(problem, errors.Refused) else errors.Refused.word
    is_unknown = isinstance(problem, errors.UnknownClient)
    challenge = {"WWW-Authenticate": auth.REALM} if is_unknown else {}
    body = {"error": word, "error_description": said, "message": said}
    return Reply(body, 401 if is_unknown else 400, UNKEPT | challenge)


DIALECT = Dialect(TOKEN_ERROR, (400, 401), _refusal)
