"""Credentials, the page on which people manage them, and access tokens."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL, PAGE = "/api/credentials", "/settings/api"
FROM_THE_PAGE = {"Sec-Fetch-Site": "same-origin"}


def _pick(draw: Draw) -> Known:
    """Return a credential that works, mostly not one with which a client began."""
    first = [identity.key for identity in draw.base.people]
    return draw.pick(
        "credential", lambda known: not known.details.get("is_revoked") and (known.id not in first or draw.happens(0.1))
    )


def _new(draw: Draw) -> dict[str, Any]:
    details: tuple[dict[str, Any], ...] = (
        {},
        {"scope": "read"},
        {"expires_at": "2027-01-15T08:00:20Z"},
        {"expires_at": "2027-02-01T00:00:00Z"},
        {"user": draw.user_name()},
    )
    return {"label": f"label {draw.name}"} | draw.chance.choice(details)


@verbs.add(2)
def create_credential(draw: Draw) -> Call:
    return draw.call("POST", ALL, _new(draw))


@verbs.add(2)
def update_credential(draw: Draw) -> Call:
    expiry = draw.chance.choice(({}, {}, {"expires_at": "2027-03-01T00:00:00Z"}, {"expires_at": None}))
    return draw.call("PATCH", f"{ALL}/{_pick(draw).id}", {"label": f"label {draw.name}"} | expiry)


@verbs.add(2)
def rotate_credential(draw: Draw) -> Call:
    body = draw.chance.choice(({}, {"overlap": 60}, {"overlap": 0}))
    return draw.call("POST", f"{ALL}/{_pick(draw).id}/rotate", {**body})


@verbs.add(1)
def revoke_credential(draw: Draw) -> Call:
    return draw.call("DELETE", f"{ALL}/{_pick(draw).id}")


@verbs.add(0.1)
def retire_credential(draw: Draw) -> Call:
    """Revoke the credential with which the client signs in, as somebody does who moves to another device."""
    own = draw.client.identity.key
    return draw.call("DELETE", f"{ALL}/{draw.pick('credential', lambda known: known.id == own).id}")


@verbs.add(1)
def get_credential(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{draw.chance.choice((draw.pick('credential').id, 'self'))}")


@verbs.add(1)
def list_credentials(draw: Draw) -> Call:
    return draw.read_list(ALL)


@verbs.add(2)
def create_token(draw: Draw) -> Call:
    scope = draw.chance.choice(({}, {"scope": "read"}, {"scope": "read write"}, {"scope": "delete"}))
    kind = "client_credentials" if draw.happens(0.9) else "password"
    return draw.call("POST", "/oauth/token", {"grant_type": kind} | scope)


def _submit(draw: Draw, path: str, form: dict[str, Any]) -> Call:
    """Return the call of a form on the page. The page shows a secret, but no JSON from which a client learns it."""
    return Call(draw.verb, "POST", f"{PAGE}{path}", form, FROM_THE_PAGE)


@verbs.add(0.3)
def show_settings(draw: Draw) -> Call:
    return draw.read(PAGE)


@verbs.add(0.5)
def submit_credential(draw: Draw) -> Call:
    return _submit(draw, "", {"label": f"label {draw.name}", "scope": draw.chance.choice(("read", "write"))})


@verbs.add(0.5)
def submit_details(draw: Draw) -> Call:
    return _submit(draw, f"/{_pick(draw).id}", {"label": f"label {draw.name}"})


@verbs.add(0.3)
def submit_rotation(draw: Draw) -> Call:
    return _submit(draw, f"/{_pick(draw).id}/rotate", {"overlap": "3600"})


@verbs.add(0.3)
def submit_revocation(draw: Draw) -> Call:
    return _submit(draw, f"/{_pick(draw).id}/revoke", {})
