"""CORS: off unless an origin is allowed, and then scripts of that origin can read every response."""

import httpx
import pytest

from chalicelib import config
from tests.support.gateway_events import as_caller, invoke

HOME, OTHER = "https://app.example", "https://evil.example"
LIST = "/api/v2/actions.json"
VARY = "Accept-Encoding, Origin"
ASKING = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}
EXPOSED = {"Link", "ETag", "Location", "X-Request-Id", "Retry-After", "Idempotency-Replayed"}


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ALLOWED_ORIGINS", frozenset([HOME]))


def cors(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_cors_is_off_unless_configured(ada: httpx.Client) -> None:
    answers = [ada.get(LIST, headers={"Origin": HOME}), ada.options(LIST, headers={"Origin": HOME} | ASKING)]
    assert [(answer.status_code, cors(answer)) for answer in answers] == [(200, {}), (204, {})]
    assert answers[0].headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.usefixtures("allowed")
def test_a_script_of_an_allowed_origin_can_read_answers_and_what_goes_with_them(ada: httpx.Client) -> None:
    made = ada.post(LIST, json={"title": "x"}, headers={"Origin": HOME})
    assert made.status_code == 201
    assert made.headers["access-control-allow-origin"] == HOME
    assert set(made.headers["access-control-expose-headers"].split(", ")) >= EXPOSED
    assert made.headers["vary"] == VARY
    assert "access-control-allow-credentials" not in made.headers


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("origin", [OTHER, "null", None, f"{HOME}.evil.example"])
def test_a_script_of_another_origin_cannot_read_answers(ada: httpx.Client, origin: str | None) -> None:
    answer = ada.get(LIST, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 200
    assert cors(answer) == {}
    assert answer.headers["vary"] == f"Accept, {VARY}"  # or a cache would give it to those who may


@pytest.mark.usefixtures("allowed")
def test_a_preflight_says_which_methods_and_headers_may_be_sent(anybody: httpx.Client) -> None:
    answer = anybody.options("/api/v2/actions/1.json", headers={"Origin": HOME} | ASKING)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == HOME
    assert set(answer.headers["access-control-allow-methods"].split(", ")) >= {"GET", "PATCH", "PUT", "DELETE"}
    assert {"Authorization", "If-Match", "Idempotency-Key"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert answer.headers["access-control-max-age"] == "600"


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("path", [LIST, "/", "/oauth/token", "/settings/api"])
def test_a_preflight_of_another_origin_is_told_nothing(anybody: httpx.Client, path: str) -> None:
    headers = {"Origin": OTHER, "Sec-Fetch-Site": "cross-site", "Accept": "image/*"} | ASKING
    answer = anybody.options(path, headers=headers)
    assert (answer.status_code, answer.content, cors(answer)) == (204, b"", {})


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(("path", "status"), [(LIST, 401), ("/nothing", 404)])
def test_errors_of_the_gateway_can_be_read_too(anybody: httpx.Client, path: str, status: int) -> None:
    answer = anybody.get(path, headers={"Origin": HOME})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == HOME


@pytest.mark.usefixtures("allowed")
def test_problems_can_be_read_too(ada: httpx.Client) -> None:
    answer = ada.get(f"{LIST}?tpyo=1", headers={"Origin": HOME})
    assert answer.status_code == 422
    assert answer.headers["access-control-allow-origin"] == HOME


@pytest.mark.usefixtures("allowed", "url")
def test_a_preflight_works_behind_api_gateway(acme: dict[str, object]) -> None:
    headers = {"origin": HOME, "access-control-request-method": "POST"}
    answer = invoke("OPTIONS", LIST, headers=headers)
    assert answer["statusCode"] == 204
    assert answer["headers"]["Access-Control-Allow-Origin"] == HOME
    assert {"Confirm-Token", "Prefer"} <= set(answer["headers"]["Access-Control-Allow-Headers"].split(", "))
    read = invoke("GET", LIST, headers={"origin": HOME}, caller=as_caller(acme))
    assert read["headers"]["Access-Control-Allow-Origin"] == HOME
