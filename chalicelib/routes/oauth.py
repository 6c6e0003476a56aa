"""/oauth/token: access tokens, for clients that use OAuth 2."""

from chalicelib.domain.accounts import access_tokens
from chalicelib.http import oauth
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.oauth import TOKEN, TOKEN_PARAMETERS, TOKEN_REQUEST
from chalicelib.serializers.oauth import serialize_token
from chalicelib.storage.unit_of_work import Change

routes = Routes(__name__)


@routes.post(
    "/oauth/token",
    query=TOKEN_PARAMETERS,
    body=TOKEN_REQUEST,
    body_example="sent_token_request",
    is_open=True,
    error_format=oauth.OAUTH_ERRORS,
    answers=TOKEN,
    statuses=(200,),
)
def create_token(request: ApiRequest) -> Change[ApiResponse]:
    """Returns an access token for the key and secret of a credential (OAuth 2 client credentials)."""
    grant_type, client, scope = request.body["grant_type"], oauth.read_client(request), oauth.read_scope(request)
    change = access_tokens.issue_token(grant_type, *client, scope)
    return change.with_answer(ApiResponse(serialize_token(change.answer), headers=oauth.NO_STORE_HEADERS))
