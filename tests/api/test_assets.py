"""/assets: the picture of people without one, and the files of the pages."""

import base64
import hashlib

import httpx
import pytest

from app import app
from chalicelib.pages import rendering
from chalicelib.routes.assets import SILHOUETTE
from tests.support.gateway_events import event

JPEG = "/assets/app/no-profile.jpg"


def test_the_picture_of_people_without_one_is_a_public_svg(anybody: httpx.Client) -> None:
    answer = anybody.get("/assets/app/no-profile.svg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=604800"
    assert answer.text == SILHOUETTE


@pytest.mark.parametrize(
    "accept", ["*/*", "image/jpeg", "image/avif,image/webp,*/*;q=0.8", "text/html,*/*;q=0.1", None]
)
def test_the_picture_is_a_jpeg_where_the_document_shows_it(anybody: httpx.Client, accept: str | None) -> None:
    request = anybody.build_request("GET", JPEG, headers={"Accept": accept or "x"})
    if accept is None:
        del request.headers["Accept"]
    answer = anybody.send(request)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "public, max-age=604800"
    assert answer.content[:4] == b"\xff\xd8\xff\xe0"
    assert answer.content[-2:] == b"\xff\xd9"
    assert len(answer.content) < 2_000
    assert anybody.get(JPEG, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    head = anybody.head(JPEG, headers={"Accept-Encoding": "identity"})
    assert (head.headers["content-length"], head.headers["etag"]) == (str(len(answer.content)), answer.headers["etag"])


@pytest.mark.parametrize("accept", [None, "*/*", "text/html"])
def test_api_gateway_decodes_the_jpeg_for_every_client(anybody: httpx.Client, accept: str | None) -> None:
    headers = {"Accept": f"{accept},image/*"} if accept else {}
    answer = app(event("GET", JPEG, headers=headers), None)
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert base64.b64decode(answer["body"]) == anybody.get(JPEG).content


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css"),
        ("docs.css", "text/css"),
        ("ogsm.css", "text/css"),
        ("docs-samples.js", "text/javascript"),
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


@pytest.mark.parametrize(("name", "module"), [("docs.js", "docs-try.js"), ("docs-try.js", "docs-samples.js")])
def test_a_script_imports_modules_under_addresses_of_their_content(
    anybody: httpx.Client, name: str, module: str
) -> None:
    text = anybody.get(rendering.asset_url(name)).text
    address = rendering.asset_url(module).removeprefix("/assets/app/")
    assert f'from "./{address}"' in text
    assert anybody.get(f"/assets/app/{address}").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.css", "base.html", "openapi.json", "..%2Fapp.py", "__init__.py"])
def test_other_files_are_not_found(anybody: httpx.Client, name: str) -> None:
    assert anybody.get(f"/assets/app/{name}").status_code == 404


def test_files_of_pages_take_no_other_parameter(anybody: httpx.Client) -> None:
    assert anybody.get("/assets/app/style.css?version=1").status_code == 422
