"""/oauth/token: access tokens, for clients that speak OAuth 2."""

from chalicelib import render
from chalicelib.domain import tokens
from chalicelib.http import oauth
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.signing import ASKED_SCOPE, TOKEN, TOKEN_REQUEST
from chalicelib.storage.changes import Change

routes = Routes(__name__)


@routes.post("/oauth/token", query=ASKED_SCOPE, body=TOKEN_REQUEST, is_open=True, refusals=oauth.DIALECT, answers=TOKEN)
def create_token(call: Call) -> Change[Reply]:
    """Gives an access token for the key and secret of a credential (OAuth 2 client credentials)."""
    change = tokens.grant(call.body["grant_type"], *oauth.client(call), oauth.scope(call))
    return change.answering(Reply(render.token(change.answer), headers=oauth.UNKEPT))
