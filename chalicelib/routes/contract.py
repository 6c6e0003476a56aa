"""/openapi.json: the OpenAPI document of this API."""

from functools import cache
from pathlib import Path

from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.contract import CONTRACT

routes = Routes(__name__)
FILE = Path(__file__).parent.parent / "pages/static/openapi.json"
WRITTEN_FOR = "http://127.0.0.1:8000"  # the address in the file, which each answer replaces


@routes.get("/openapi.json", is_open=True, answers=CONTRACT)
def get_contract(request: ApiRequest) -> ApiResponse:
    """Returns the OpenAPI 3.1 document of this API, with the address at which you reached it."""
    text = _read_file().replace(f'"{WRITTEN_FOR}', f'"{request.addresses.base_url}')
    return ApiResponse(text, headers={"Cache-Control": "public, max-age=3600"})


@cache
def read_version() -> str:
    """Return the version of the service, which the beginning of the document names."""
    return _read_file().partition('"version":"')[2].partition('"')[0]


@cache
def _read_file() -> str:
    return FILE.read_text()
