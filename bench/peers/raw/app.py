"""A Lambda handler with nothing but boto3: a table of routes, everything else by hand."""

import re
from collections.abc import Callable
from typing import Any

import edge
import rules
import verbs
from edge import Event, Problem

Answer = tuple[int, dict[str, str], str]


def handler(event: Event, _: Any) -> dict[str, Any]:
    """Answers an event of API Gateway."""
    try:
        status, headers, text = _route(event)
    except Problem as problem:
        status, headers, text = problem.status, {"Content-Type": edge.PROBLEM_JSON}, problem.text(event)
    return {"statusCode": status, "headers": headers, "body": text, "isBase64Encoded": False}


def _route(event: Event) -> Answer:
    for method, pattern, view in ROUTES:
        match = pattern.fullmatch(event["path"])
        if match and method == event["httpMethod"]:
            return view(event, *map(edge.number, match.groups()))
    raise Problem(404, "there is nothing at this address")


def _header(event: Event, name: str) -> str | None:
    return next((value for key, value in event["headers"].items() if key.lower() == name), None)


def _list_actions(event: Event) -> Answer:
    return edge.answer(verbs.list_actions(event), if_none_match=_header(event, "if-none-match"))


def _create_action(event: Event) -> Answer:
    action = verbs.create_action(event, rules.action(rules.load(event["body"])))
    status, headers, text = edge.answer(action, 201)
    return status, headers | {"Location": f"{edge.stage(event)}/api/v2/actions/{action['id']}.json"}, text


def _get_action(event: Event, action_id: int) -> Answer:
    return edge.answer(verbs.get_action(event, action_id), if_none_match=_header(event, "if-none-match"))


def _patch_action(event: Event, action_id: int) -> Answer:
    fields = rules.action(rules.load(event["body"]), partial=True)
    return edge.answer(verbs.patch_action(event, action_id, fields, _header(event, "if-match")))


def _get_workspace(event: Event, workspace_id: int) -> Answer:
    return edge.answer(verbs.get_workspace(event, workspace_id), if_none_match=_header(event, "if-none-match"))


def _get_inbox(event: Event, workspace_id: int) -> Answer:
    return edge.answer(verbs.get_inbox(event, workspace_id), if_none_match=_header(event, "if-none-match"))


ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
    ("GET", re.compile(r"/api/v2/actions\.json"), _list_actions),
    ("POST", re.compile(r"/api/v2/actions\.json"), _create_action),
    ("GET", re.compile(r"/api/v2/actions/([^/]+)"), _get_action),
    ("PATCH", re.compile(r"/api/v2/actions/([^/]+)"), _patch_action),
    ("GET", re.compile(r"/api/workspaces/([^/]+)"), _get_workspace),
    ("GET", re.compile(r"/api/workspaces/([^/]+)/inbox"), _get_inbox),
]
