"""Hooks for Schemathesis with what a schema cannot say, such as keys and tags that fit the current state."""

import os
import uuid
from typing import Any

import schemathesis

from chalicelib.domain.ogsm.references import ALL_NOUNS, REPORTS

# Fields that have to agree with the stored object, by the path variable of the object.
FIXED_FIELDS = {
    "credential_id": ("scope",),
    "block_id": ("value",),
    "day": ("id", "goal", "kpi", "at"),
    **{noun.variable: ("id",) for noun in ALL_NOUNS},
    **{noun.variable: ("id", noun.subject) for noun in REPORTS.values()},
    **{noun.variable: ("id", noun.subject, "at") for noun in REPORTS.values() if noun.measured},
}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give each request an Idempotency-Key of its own, and remove values that only an earlier response can tell."""
    headers, query = case.headers or {}, case.query or {}
    if headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    headers.pop("If-Match", None)
    headers.pop("Confirm-Token", None)
    path_parameters, body = case.path_parameters or {}, case.body
    if path_parameters.get("credential_id") == os.environ["OWN_KEY"]:  # without it all later requests would fail
        path_parameters["credential_id"] = "1-0000000000000000"
    if case.meta and case.meta.generation.mode.is_negative:
        return
    query.pop("cursor", None)
    query.pop("wait", None)  # the time limit of Schemathesis is shorter
    query.pop("at", None)  # it must lie after the first change, and after a deletion the state is unknown for a moment
    if "limit" in query:  # limit cannot be combined with page
        query.pop("page", None)
        query.pop("per_page", None)
    if isinstance(body, dict):
        _apply_rules(body, path_parameters, null=None if case.media_type == "application/json" else "")


def _apply_rules(body: dict[str, Any], path_parameters: dict[str, Any], null: str | None) -> None:
    """Make a body obey the rules between fields, and those that depend on the stored object."""
    if "expires_at" in body:  # it must be in the future
        body["expires_at"] = null
    if "grant_type" in body:  # hardly any text is valid, and the request has Basic authentication already
        body["grant_type"] = "client_credentials"
        for name in ("client_id", "client_secret"):
            body.pop(name, None)
    if {"start", "due"} & body.keys():  # due must not be before start
        body["due" if "start" in body else "start"] = null
    if "url" in body:  # not every host and port can be reached
        body["url"] = "https://localhost/hooks"
    if {"from", "to"} <= body.keys():  # only changes that were sent already can be sent again
        body["from"], body["to"] = 1, 1
    for name in (field for variable in path_parameters for field in FIXED_FIELDS.get(variable, ())):
        body.pop(name, None)
