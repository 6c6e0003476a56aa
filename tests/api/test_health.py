"""/health: the answer that monitoring asks for."""

import httpx


def test_health_needs_no_credentials_and_no_database(anybody: httpx.Client, asked: list[str]) -> None:
    answer = anybody.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert asked == []
