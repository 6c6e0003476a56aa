"""/health: the answer that monitoring asks for."""

import httpx
import pytest

from chalicelib.routes import health


def test_health_needs_no_credentials_and_no_database(anybody: httpx.Client, asked: list[str]) -> None:
    answer = anybody.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert asked == []


def test_health_is_503_while_a_part_of_the_process_does_not_work(
    anybody: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECKS", [lambda: True, lambda: False])
    answer = anybody.get("/health")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
