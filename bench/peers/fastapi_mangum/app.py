"""FastAPI behind Mangum, with pydantic models for the bodies."""

from typing import Annotated, Any

import edge
import schemas
import verbs
from edge import Event, Problem
from fastapi import FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from schemas import ChangedAction, NewAction

app = FastAPI(title="Actions and workspaces")
handler = Mangum(app, lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, edge.PROBLEM_JSON])

IfNoneMatch = Annotated[str | None, Header()]
IfMatch = Annotated[str | None, Header()]


@app.exception_handler(Problem)
async def _problem(request: Request, problem: Problem) -> Response:
    return Response(problem.text(_event(request)), problem.status, media_type=edge.PROBLEM_JSON)


@app.exception_handler(RequestValidationError)
async def _invalid(request: Request, error: RequestValidationError) -> Response:
    return await _problem(request, schemas.problem(error.errors()))


@app.get("/api/v2/actions.json")
def list_actions(request: Request, if_none_match: IfNoneMatch = None) -> Response:
    """All actions."""
    return _response(edge.answer(verbs.list_actions(_event(request)), if_none_match=if_none_match))


@app.post("/api/v2/actions.json", status_code=201)
def create_action(request: Request, action: NewAction) -> Response:
    """A new action."""
    event = _event(request)
    created = verbs.create_action(event, action.model_dump(exclude_unset=True))
    location = f"{edge.stage(event)}/api/v2/actions/{created['id']}.json"
    return _response(edge.answer(created, 201), Location=location)


@app.get("/api/v2/actions/{action_id}")
def get_action(request: Request, action_id: str, if_none_match: IfNoneMatch = None) -> Response:
    """One action."""
    action = verbs.get_action(_event(request), edge.number(action_id))
    return _response(edge.answer(action, if_none_match=if_none_match))


@app.patch("/api/v2/actions/{action_id}")
def patch_action(request: Request, action_id: str, action: ChangedAction, if_match: IfMatch = None) -> Response:
    """Changes what is named."""
    fields = action.model_dump(exclude_unset=True)
    return _response(edge.answer(verbs.patch_action(_event(request), edge.number(action_id), fields, if_match)))


@app.get("/api/workspaces/{workspace_id}")
def get_workspace(request: Request, workspace_id: str, if_none_match: IfNoneMatch = None) -> Response:
    """One workspace."""
    workspace = verbs.get_workspace(_event(request), edge.number(workspace_id))
    return _response(edge.answer(workspace, if_none_match=if_none_match))


@app.get("/api/workspaces/{workspace_id}/inbox")
def get_inbox(request: Request, workspace_id: str, if_none_match: IfNoneMatch = None) -> Response:
    """The inbox and everything on it."""
    inbox = verbs.get_inbox(_event(request), edge.number(workspace_id))
    return _response(edge.answer(inbox, if_none_match=if_none_match))


def _event(request: Request) -> Event:
    event: Any = request.scope["aws.event"]
    return dict(event)


def _response(answer: tuple[int, dict[str, str], str], **more: str) -> Response:
    status, headers, text = answer
    return Response(text, status, headers | more)
