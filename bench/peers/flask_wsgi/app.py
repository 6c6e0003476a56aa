"""Flask behind apig-wsgi, with bodies checked by hand."""

import edge
import rules
import verbs
from apig_wsgi import make_lambda_handler
from edge import Event, Problem
from flask import Flask, Response, request

app = Flask(__name__)
handler = make_lambda_handler(app)


@app.errorhandler(Problem)
def _problem(problem: Problem) -> Response:
    return Response(problem.text(_event()), problem.status, content_type=edge.PROBLEM_JSON)


@app.get("/api/v2/actions.json")
def list_actions() -> Response:
    """All actions."""
    return _response(edge.answer(verbs.list_actions(_event()), if_none_match=_if_none_match()))


@app.post("/api/v2/actions.json")
def create_action() -> Response:
    """A new action."""
    created = verbs.create_action(_event(), rules.action(rules.load(_event()["body"])))
    location = f"{edge.stage(_event())}/api/v2/actions/{created['id']}.json"
    return _response(edge.answer(created, 201), Location=location)


@app.get("/api/v2/actions/<action_id>")
def get_action(action_id: str) -> Response:
    """One action."""
    action = verbs.get_action(_event(), edge.number(action_id))
    return _response(edge.answer(action, if_none_match=_if_none_match()))


@app.patch("/api/v2/actions/<action_id>")
def patch_action(action_id: str) -> Response:
    """Changes what is named."""
    fields = rules.action(rules.load(_event()["body"]), partial=True)
    if_match = request.headers.get("If-Match")
    return _response(edge.answer(verbs.patch_action(_event(), edge.number(action_id), fields, if_match)))


@app.get("/api/workspaces/<workspace_id>")
def get_workspace(workspace_id: str) -> Response:
    """One workspace."""
    workspace = verbs.get_workspace(_event(), edge.number(workspace_id))
    return _response(edge.answer(workspace, if_none_match=_if_none_match()))


@app.get("/api/workspaces/<workspace_id>/inbox")
def get_inbox(workspace_id: str) -> Response:
    """The inbox and everything on it."""
    inbox = verbs.get_inbox(_event(), edge.number(workspace_id))
    return _response(edge.answer(inbox, if_none_match=_if_none_match()))


def _event() -> Event:
    event: Event = request.environ["apig_wsgi.full_event"]
    return event


def _if_none_match() -> str | None:
    return request.headers.get("If-None-Match")


def _response(answer: tuple[int, dict[str, str], str], **more: str) -> Response:
    status, headers, text = answer
    response = Response(text, status, headers | more)
    response.autocorrect_location_header = False
    return response
