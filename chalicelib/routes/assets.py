"""/assets: the pictures that answers point to."""

from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.render import NO_PICTURE

routes = Routes(__name__)

# A head and shoulders on a plain ground, for everybody who has no picture of their own.
SILHOUETTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="no picture">'
    '<rect width="96" height="96" fill="#dfe5ec"/><circle cx="48" cy="38" r="17" fill="#8495a9"/>'
    '<path d="M14 96a34 34 0 0 1 68 0z" fill="#8495a9"/></svg>'
)
WEEK = {"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=604800"}


@routes.get(NO_PICTURE, is_open=True, media_type="image/svg+xml")
def get_no_picture(_: Call) -> Reply:
    """Returns the picture of those who have none."""
    return Reply(SILHOUETTE, headers=WEEK)
