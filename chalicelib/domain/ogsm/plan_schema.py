"""The schema of a plan, which consists of the objects of several nouns."""

from typing import Any

from chalicelib.domain.ogsm.canvas_items import GOALS, KPIS, OBJECTIVES, OGSM_CANVASES, STRATEGIES
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.references import REPORTS
from chalicelib.schemas.actions import ACTION
from chalicelib.schemas.ogsm_plans import LATEST
from chalicelib.schemas.ogsm_series import POINT
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import Schema


def _extend(name: str, noun: OgsmNoun, fields: dict[str, Any], descriptions: dict[str, str]) -> Schema:
    """Return the schema of the objects of a noun with further fields."""
    schema = noun.schema
    return Schema(name, {}, read_only={**schema.fields, **fields}, descriptions={**schema.descriptions, **descriptions})


def _latest(name: str, noun: OgsmNoun) -> Schema:
    """Return the schema of the newest measurement of a goal or KPI, or of the point that is computed for it."""
    measurement = REPORTS[noun].schema
    return Schema(
        name,
        {},
        read_only=measurement.fields,
        optional_in_response=measurement.fields.keys() - POINT.read_only.keys(),
        descriptions=measurement.descriptions,
    )


LATEST_SENTENCE = "The newest measurement, or the newest values that are computed from its parts. Null without any."
LATEST_OF_GOAL, LATEST_OF_KPI = _latest("LatestOfGoal", GOALS), _latest("LatestOfKpi", KPIS)
GOAL_OF_PLAN = _extend("GoalOfPlan", GOALS, {LATEST: Nullable(LATEST_OF_GOAL)}, {LATEST: LATEST_SENTENCE})
KPI_OF_PLAN = _extend("KpiOfPlan", KPIS, {LATEST: Nullable(LATEST_OF_KPI)}, {LATEST: LATEST_SENTENCE})
STRATEGY_OF_PLAN = _extend(
    "StrategyOfPlan",
    STRATEGIES,
    {"kpis": ListOf(KPI_OF_PLAN), "actions": ListOf(ACTION)},
    {"kpis": "Its KPIs on the canvas.", "actions": "Its actions on the canvas."},
)
PLAN = Schema(
    "Plan",
    {},
    read_only={
        "canvas": OGSM_CANVASES.schema,
        "objectives": ListOf(OBJECTIVES.schema),
        "goals": ListOf(GOAL_OF_PLAN),
        "strategies": ListOf(STRATEGY_OF_PLAN),
        "kpis": ListOf(KPI_OF_PLAN),
        "actions": ListOf(ACTION),
    },
    descriptions={
        "canvas": "The canvas.",
        "objectives": "Its objectives, by their `row_order` on the canvas, like everything else.",
        "goals": "Its goals.",
        "strategies": "Its strategies, each with its KPIs and actions.",
        "kpis": "The KPIs on the canvas that belong to none of these strategies.",
        "actions": "The actions on the canvas that belong to none of these strategies.",
    },
)
