"""Hooks for Schemathesis with what a schema cannot say, such as keys and tags that fit the current state."""

import os
import uuid
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give each request an Idempotency-Key of its own, and remove values that only an earlier response can tell."""
    headers, query = case.headers or {}, case.query or {}
    if headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    headers.pop("If-Match", None)
    ids, body = case.path_parameters or {}, case.body
    if ids.get("credential_id") == os.environ["OWN_KEY"]:  # without it no other request would be accepted
        ids["credential_id"] = "1-0000000000000000"
    if case.meta and case.meta.generation.mode.is_negative:
        return
    query.pop("cursor", None)
    if "limit" in query:  # a list has one of two kinds of pages
        query.pop("page", None)
        query.pop("per_page", None)
    if isinstance(body, dict):
        _mend(body, ids)


def _mend(body: dict[str, Any], ids: dict[str, Any]) -> None:
    if "expires_at" in body:  # it must be in the future
        body["expires_at"] = None
    if "credential_id" in ids:
        body.pop("scope", None)  # it cannot be changed
    if "grant_type" in body:  # few texts are valid, and the request has Basic authentication
        body["grant_type"] = "client_credentials"
        for name in ("client_id", "client_secret"):
            body.pop(name, None)
    if {"start", "due"} & body.keys():  # due must not be before start
        body["due" if "start" in body else "start"] = None
    if "action_id" in ids:
        body.pop("id", None)  # it must be the id in the path
    if "block_id" in ids:
        body.pop("value", None)  # it depends on the kind of block
