"""/assets: the picture of people without one, and the files of the pages."""

import hashlib

import httpx
import pytest

from chalicelib.pages import rendering
from chalicelib.routes.assets import SILHOUETTE


def test_the_picture_of_people_without_one_is_a_public_svg(anybody: httpx.Client) -> None:
    answer = anybody.get("/assets/app/no-profile.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=604800"
    assert answer.text == SILHOUETTE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css"),
        ("docs.js", "text/javascript"),
        ("copy.js", "text/javascript"),
        ("settings.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_files_of_pages_are_kept_for_a_year_under_an_address_of_their_content(
    anybody: httpx.Client, name: str, kind: str
) -> None:
    text = (rendering.FOLDER / "static" / name).read_bytes()
    address = rendering.asset_url(name)
    assert address == f"/assets/app/{name}?v={hashlib.sha256(text).hexdigest()[:8]}"
    answer = anybody.get(address, headers={"Accept": f"{kind},*/*;q=0.1"})
    assert answer.content == text
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert anybody.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["nothing.css", "base.html", "openapi.json", "..%2Fapp.py", "__init__.py"])
def test_other_files_are_not_found(anybody: httpx.Client, name: str) -> None:
    assert anybody.get(f"/assets/app/{name}").status_code == 404


def test_files_of_pages_take_no_other_parameter(anybody: httpx.Client) -> None:
    assert anybody.get("/assets/app/style.css?version=1").status_code == 422
