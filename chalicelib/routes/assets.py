"""/assets: the pictures that answers point to, and what the pages are dressed with."""

from chalicelib.http import pages
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.render import NO_PICTURE
from chalicelib.shapes import parameters
from chalicelib.values import Text

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
def get_no_picture(_: Call) -> Reply:
    """Returns the picture of those who have none."""
    return Reply(SILHOUETTE, headers=WEEK)


@routes.get(f"{pages.ASSETS}/style.css", query=VERSION, is_open=True, media_type="text/css")
def get_stylesheet(_: Call) -> Reply:
    """Returns the stylesheet of the pages."""
    return pages.asset("style.css")


@routes.get(f"{pages.ASSETS}/docs.js", query=VERSION, is_open=True, media_type="text/javascript")
def get_docs_script(_: Call) -> Reply:
    """Returns the script of the reference."""
    return pages.asset("docs.js")


@routes.get(f"{pages.ASSETS}/settings.js", query=VERSION, is_open=True, media_type="text/javascript")
def get_settings_script(_: Call) -> Reply:
    """Returns the script of the page of credentials."""
    return pages.asset("settings.js")


@routes.get(f"{pages.ASSETS}/icon.svg", query=VERSION, is_open=True, media_type="image/svg+xml")
def get_icon(_: Call) -> Reply:
    """Returns the icon of the pages."""
    return pages.asset("icon.svg")
