"""Chalice with PynamoDB models, both as their tutorials show them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import edge
import rules
import verbs
from chalice import Chalice, Response
from edge import Event, Problem

app = Chalice(app_name="bench")
View = Callable[..., tuple[int, dict[str, str], str]]


def answering(view: View) -> Callable[..., Response]:
    """A view that answers its problems as well."""

    @wraps(view)
    def answer(*ids: str, **named: str) -> Response:
        try:
            status, headers, text = view(*ids, **named)
        except Problem as problem:
            status, headers, text = problem.status, {"Content-Type": edge.PROBLEM_JSON}, problem.text(_event())
        return Response(text, headers, status)

    return answer


@app.route("/api/v2/actions.json", methods=["GET"])
@answering
def list_actions() -> Any:
    """All actions."""
    return edge.answer(verbs.list_actions(_event()), if_none_match=_header("if-none-match"))


@app.route("/api/v2/actions.json", methods=["POST"])
@answering
def create_action() -> Any:
    """A new action."""
    action = verbs.create_action(_event(), rules.action(rules.load(_body())))
    status, headers, text = edge.answer(action, 201)
    return status, headers | {"Location": f"{edge.stage(_event())}/api/v2/actions/{action['id']}.json"}, text


@app.route("/api/v2/actions/{action_id}", methods=["GET"])
@answering
def get_action(action_id: str) -> Any:
    """One action."""
    action = verbs.get_action(_event(), edge.number(action_id))
    return edge.answer(action, if_none_match=_header("if-none-match"))


@app.route("/api/v2/actions/{action_id}", methods=["PATCH"])
@answering
def patch_action(action_id: str) -> Any:
    """Changes what is named."""
    fields = rules.action(rules.load(_body()), partial=True)
    return edge.answer(verbs.patch_action(_event(), edge.number(action_id), fields, _header("if-match")))


@app.route("/api/workspaces/{workspace_id}", methods=["GET"])
@answering
def get_workspace(workspace_id: str) -> Any:
    """One workspace."""
    workspace = verbs.get_workspace(_event(), edge.number(workspace_id))
    return edge.answer(workspace, if_none_match=_header("if-none-match"))


@app.route("/api/workspaces/{workspace_id}/inbox", methods=["GET"])
@answering
def get_inbox(workspace_id: str) -> Any:
    """The inbox and everything on it."""
    inbox = verbs.get_inbox(_event(), edge.number(workspace_id))
    return edge.answer(inbox, if_none_match=_header("if-none-match"))


def _event() -> Event:
    event: Event = app.current_request.to_original_event()
    return event


def _header(name: str) -> str | None:
    value: str | None = app.current_request.headers.get(name)
    return value


def _body() -> str:
    body: bytes = app.current_request.raw_body
    return body.decode()
