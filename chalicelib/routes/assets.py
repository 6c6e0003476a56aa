"""/assets: the pictures that answers point to, and what the pages are dressed with."""

from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.serializers.users import NO_PICTURE
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Text

routes = Routes(__name__)

# A head and shoulders on a plain ground, for everybody who has no picture of their own.
SILHOUETTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="no picture">'
    '<rect width="96" height="96" fill="#dfe5ec"/><circle cx="48" cy="38" r="17" fill="#8495a9"/>'
    '<path d="M14 96a34 34 0 0 1 68 0z" fill="#8495a9"/></svg>'
)
VERSION = parameters(v=Text(1, 8))  # of a file, for caches only: whatever it says, the answer is the current one
WEEK = {"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=604800"}


@routes.get(NO_PICTURE, is_open=True, media_type="image/svg+xml")
def get_no_picture(_: ApiRequest) -> ApiResponse:
    """Returns the picture of those who have none."""
    return ApiResponse(SILHOUETTE, headers=WEEK)


@routes.get(f"{rendering.ASSETS_PATH}/style.css", query=VERSION, is_open=True, media_type="text/css")
def get_stylesheet(_: ApiRequest) -> ApiResponse:
    """Returns the stylesheet of the pages."""
    return rendering.asset_response("style.css")


@routes.get(f"{rendering.ASSETS_PATH}/docs.js", query=VERSION, is_open=True, media_type="text/javascript")
def get_docs_script(_: ApiRequest) -> ApiResponse:
    """Returns the script of the reference."""
    return rendering.asset_response("docs.js")


@routes.get(f"{rendering.ASSETS_PATH}/settings.js", query=VERSION, is_open=True, media_type="text/javascript")
def get_settings_script(_: ApiRequest) -> ApiResponse:
    """Returns the script of the page of credentials."""
    return rendering.asset_response("settings.js")


@routes.get(f"{rendering.ASSETS_PATH}/icon.svg", query=VERSION, is_open=True, media_type="image/svg+xml")
def get_icon(_: ApiRequest) -> ApiResponse:
    """Returns the icon of the pages."""
    return rendering.asset_response("icon.svg")
