"""/assets and /favicon.ico: the picture that answers refer to, and the stylesheet, scripts and icon of the pages."""

from collections.abc import Callable
from pathlib import Path

from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.serializers.users import NO_PICTURE
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Text

routes = Routes(__name__)
View = Callable[[ApiRequest], ApiResponse]

# Head and shoulders on a plain background, for users without a picture of their own.
SILHOUETTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="no picture">'
    '<rect width="96" height="96" fill="#dfe5ec"/><circle cx="48" cy="38" r="17" fill="#8495a9"/>'
    '<path d="M14 96a34 34 0 0 1 68 0z" fill="#8495a9"/></svg>'
)
DOCUMENTED_PICTURE = f"{rendering.ASSETS_PATH}/no-profile.jpg"  # where the Workspaces document shows it
VERSION = parameters(v=Text(1, 8))  # only tells caches that the file has changed; the answer is always the current one
CACHE_ONE_WEEK = {"Cache-Control": "public, max-age=604800"}


def _get_file(name: str) -> Callable[[View], View]:
    """Declare the view that returns a file of the pages, whose ending tells the media type."""
    media_type = rendering.MEDIA_TYPES[Path(name).suffix]
    return routes.get(f"{rendering.ASSETS_PATH}/{name}", query=VERSION, is_open=True, media_type=media_type)


@routes.get(NO_PICTURE, is_open=True, media_type="image/svg+xml")
def get_no_picture(_: ApiRequest) -> ApiResponse:
    """Returns the picture for users without one."""
    return ApiResponse(SILHOUETTE, headers=CACHE_ONE_WEEK | {"Content-Type": "image/svg+xml"})


@routes.get(DOCUMENTED_PICTURE, is_open=True, media_type="image/jpeg")
def get_documented_picture(_: ApiRequest) -> ApiResponse:
    """Returns the same picture as a JPEG, at the address that the Workspaces document shows."""
    picture = rendering.read_picture("no-profile.jpg")
    return ApiResponse(picture, headers=CACHE_ONE_WEEK | {"Content-Type": "image/jpeg"})


@_get_file("style.css")
def get_stylesheet(_: ApiRequest) -> ApiResponse:
    """Returns the stylesheet of the pages."""
    return rendering.asset_response("style.css")


@_get_file("docs.js")
def get_docs_script(_: ApiRequest) -> ApiResponse:
    """Returns the script of the reference."""
    return rendering.asset_response("docs.js")


@_get_file("docs-try.js")
def get_docs_try_script(_: ApiRequest) -> ApiResponse:
    """Returns the script that sends the calls of the reference."""
    return rendering.asset_response("docs-try.js")


@_get_file("docs-samples.js")
def get_docs_samples_script(_: ApiRequest) -> ApiResponse:
    """Returns the script that writes the calls of the reference as code."""
    return rendering.asset_response("docs-samples.js")


@_get_file("docs.css")
def get_docs_stylesheet(_: ApiRequest) -> ApiResponse:
    """Returns the stylesheet of the reference."""
    return rendering.asset_response("docs.css")


@_get_file("ogsm.css")
def get_ogsm_stylesheet(_: ApiRequest) -> ApiResponse:
    """Returns the stylesheet of the OGSM pages."""
    return rendering.asset_response("ogsm.css")


@_get_file("copy.js")
def get_copy_script(_: ApiRequest) -> ApiResponse:
    """Returns the script that copies a key or a secret."""
    return rendering.asset_response("copy.js")


@_get_file("settings.js")
def get_settings_script(_: ApiRequest) -> ApiResponse:
    """Returns the script of the credentials page."""
    return rendering.asset_response("settings.js")


@_get_file("icon.svg")
def get_icon(_: ApiRequest) -> ApiResponse:
    """Returns the icon of the pages."""
    return rendering.asset_response("icon.svg")


@routes.get("/favicon.ico", query=None, is_open=True, media_type="image/svg+xml")
def get_favicon(_: ApiRequest) -> ApiResponse:
    """Returns the icon of the pages at the address where browsers look for one."""
    return rendering.asset_response("icon.svg").with_headers(CACHE_ONE_WEEK)
