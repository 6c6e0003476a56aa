"""The body of an action as pydantic models."""

from functools import partial
from typing import Annotated, Any

import edge
from cleaning import HIGHEST_ROW, as_named, day, flag, light, status, text, unique, whole
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

Id = Annotated[int, BeforeValidator(partial(whole, least=1))]
Name = Annotated[str, BeforeValidator(partial(text, least=1, most=100))]
LongName = Annotated[str, BeforeValidator(partial(text, least=1, most=255))]
Day = Annotated[str, BeforeValidator(day)]


class Strict(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Label(Strict):
    """A label, or somebody involved."""

    name: Name


class Person(Strict):
    """An assignee."""

    name: LongName


class State(Strict):
    """A status."""

    name: Annotated[str, BeforeValidator(status)]


class Strategy(Strict):
    """A strategy, by its id."""

    id: Id


class Canvas(Strict):
    """A place on a canvas."""

    id: Annotated[int, BeforeValidator(whole)]
    row_order: Annotated[int, BeforeValidator(partial(whole, least=-HIGHEST_ROW, most=HIGHEST_ROW))] | None = None


Labels = Annotated[list[Annotated[Label, BeforeValidator(as_named)]], AfterValidator(unique)]


class ChangedAction(Strict):
    """The fields of an action that a change names."""

    id: Any = None
    title: LongName = ""
    labels: Labels = []
    strategies: list[Strategy] = []
    description: Annotated[str, BeforeValidator(text)] | None = None
    assignee: Annotated[Person, BeforeValidator(as_named)] | None = None
    involved: Labels = []
    start: Day | None = None
    due: Day | None = None
    status: Annotated[State, BeforeValidator(as_named)] = State(name="to do")
    ogsm_canvases: list[Canvas] = []
    traffic_light: Annotated[str, BeforeValidator(light)] | None = None
    progress: Annotated[int, BeforeValidator(partial(whole, least=0, most=100))] = 0
    archived: Annotated[bool, BeforeValidator(flag)] = False


class NewAction(ChangedAction):
    """A new action, which must have a title."""

    title: LongName


def problem(errors: Any) -> edge.Problem:
    """What pydantic found, as problem details; a framework puts `body` before each path."""
    if any(one["type"] == "json_invalid" for one in errors):
        return edge.Problem(400, "the body is not valid JSON")
    paths = [[str(step) for step in one["loc"] if step != "body"] for one in errors]
    if [] in paths:
        return edge.Problem(400, "the body must be a JSON object")
    pairs = zip(paths, errors, strict=True)
    return edge.invalid([{"pointer": f"#/{'/'.join(path)}", "detail": one["msg"]} for path, one in pairs])
