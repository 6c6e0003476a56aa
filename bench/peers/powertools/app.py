"""Powertools for AWS Lambda: its resolver for REST APIs with validation, and pydantic models for the bodies."""

from typing import Annotated, Any

import edge
import schemas
import verbs
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Body
from edge import Event, Problem
from schemas import ChangedAction, NewAction

app = APIGatewayRestResolver(enable_validation=True)


def handler(event: Event, context: Any) -> dict[str, Any]:
    """Answers an event of API Gateway."""
    return app.resolve(event, context)


@app.exception_handler(Problem)
def _problem(problem: Problem) -> Response[str]:
    return Response(problem.status, edge.PROBLEM_JSON, problem.text(_event()))


@app.exception_handler(RequestValidationError)
def _invalid(error: RequestValidationError) -> Response[str]:
    return _problem(schemas.problem(error.errors()))


@app.get("/api/v2/actions.json")
def list_actions() -> Response[str]:
    """All actions."""
    return _response(edge.answer(verbs.list_actions(_event()), if_none_match=_header("if-none-match")))


@app.post("/api/v2/actions.json")
def create_action(action: Annotated[NewAction, Body()]) -> Response[str]:
    """A new action."""
    created = verbs.create_action(_event(), action.model_dump(exclude_unset=True))
    location = f"{edge.stage(_event())}/api/v2/actions/{created['id']}.json"
    return _response(edge.answer(created, 201), Location=location)


@app.get("/api/v2/actions/<action_id>")
def get_action(action_id: str) -> Response[str]:
    """One action."""
    action = verbs.get_action(_event(), edge.number(action_id))
    return _response(edge.answer(action, if_none_match=_header("if-none-match")))


@app.patch("/api/v2/actions/<action_id>")
def patch_action(action_id: str, action: Annotated[ChangedAction, Body()]) -> Response[str]:
    """Changes what is named."""
    fields = action.model_dump(exclude_unset=True)
    return _response(edge.answer(verbs.patch_action(_event(), edge.number(action_id), fields, _header("if-match"))))


@app.get("/api/workspaces/<workspace_id>")
def get_workspace(workspace_id: str) -> Response[str]:
    """One workspace."""
    workspace = verbs.get_workspace(_event(), edge.number(workspace_id))
    return _response(edge.answer(workspace, if_none_match=_header("if-none-match")))


@app.get("/api/workspaces/<workspace_id>/inbox")
def get_inbox(workspace_id: str) -> Response[str]:
    """The inbox and everything on it."""
    inbox = verbs.get_inbox(_event(), edge.number(workspace_id))
    return _response(edge.answer(inbox, if_none_match=_header("if-none-match")))


def _event() -> Event:
    return dict(app.current_event.raw_event)


def _header(name: str) -> str | None:
    return app.current_event.headers.get(name)


def _response(answer: tuple[int, dict[str, str], str], **more: str) -> Response[str]:
    status, headers, text = answer
    return Response(status, headers["Content-Type"], text, headers | more)
