"""/api/v2/actions, call by call, as the OGSM document shows them."""

import httpx


def test_an_action_can_be_created_and_read(ada: httpx.Client) -> None:
    made = ada.post("/api/v2/actions.json", json={"title": "x"})
    assert made.status_code == 201
    assert ada.get(made.headers["location"]).json() == made.json()
