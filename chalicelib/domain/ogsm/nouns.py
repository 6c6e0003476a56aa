"""The nouns of the OGSM API, apart from actions, whose document is in domain/ogsm/actions.py.

A declaration makes all that the nouns have in common: rows, ids, lists with filters and sorting, routes, and entries in
the OpenAPI document. The rules follow from the fields and are in domain/ogsm/objects.py. The fields with their names
are in schemas/ogsm_objects.py.
"""

from chalicelib.domain.ogsm.noun import declare
from chalicelib.schemas.ogsm_objects import (
    ACTUAL,
    AGGREGATION,
    ARCHIVED,
    AT,
    AUTHOR_OF_REPORT,
    CANVASES,
    CHART,
    CHART_MINIMUM,
    DAY_MEASURED,
    DESCRIPTION,
    DUE,
    GOAL,
    ID,
    KPI,
    LABELS,
    LIGHT,
    NAME,
    OBJECTIVE,
    OBJECTIVES,
    PARENT,
    REPORTED_ACTION,
    REPORTED_PROGRESS,
    REPORTED_STATUS,
    REPORTED_STRATEGY,
    RESPONSIBLE,
    START,
    START_VALUE,
    STATUS_OF_CANVAS,
    STRATEGIES,
    TARGET,
    TEAM_OF_CANVAS,
    TITLE,
    UNIT,
)

ON_CANVASES = (ID, TITLE, LABELS, DESCRIPTION, RESPONSIBLE, CANVASES, LIGHT, ARCHIVED)
MEASURED = (
    ID,
    TITLE,
    LABELS,
    DESCRIPTION,
    UNIT,
    RESPONSIBLE,
    CANVASES,
    LIGHT,
    ARCHIVED,
    CHART_MINIMUM,
    AGGREGATION,
    CHART,
)
NOUNS = (
    declare(
        "teams",
        "team",
        (ID, NAME, PARENT),
        meaning="Teams, whose plans the OGSM canvases show. A team may be a part of another one.",
    ),
    declare(
        "ogsm_canvases",
        "ogsm_canvas",
        (ID, NAME, TEAM_OF_CANVAS, STATUS_OF_CANVAS, START, DUE, ARCHIVED),
        meaning="OGSM canvases. Each is the plan of a team on one page.",
        done="inactive",
    ),
    declare(
        "objectives",
        "objective",
        ON_CANVASES,
        meaning="Objectives: what the organisation wants to achieve, in words.",
    ),
    declare(
        "goals",
        "goal",
        (*MEASURED, OBJECTIVES, PARENT, START_VALUE),
        meaning="Goals: what the organisation wants to achieve, in numbers.",
    ),
    declare(
        "strategies",
        "strategy",
        (*ON_CANVASES, OBJECTIVES),
        meaning="Strategies: the choices by which the objectives are to be reached.",
    ),
    declare(
        "kpis",
        "kpi",
        (*MEASURED, STRATEGIES, PARENT, START_VALUE),
        meaning="KPIs: numbers that show how a strategy is going.",
    ),
    declare(
        "objective_progress_reports",
        "objective_progress_report",
        (ID, OBJECTIVE, AT, LIGHT, DESCRIPTION, AUTHOR_OF_REPORT),
        meaning="Reports on how an objective is going.",
        reports_on=OBJECTIVE,
    ),
    declare(
        "strategy_progress_reports",
        "strategy_progress_report",
        (ID, REPORTED_STRATEGY, AT, LIGHT, DESCRIPTION, AUTHOR_OF_REPORT),
        meaning="Reports on how a strategy is going.",
        reports_on=REPORTED_STRATEGY,
    ),
    declare(
        "action_progress_reports",
        "action_progress_report",
        (ID, REPORTED_ACTION, AT, LIGHT, DESCRIPTION, AUTHOR_OF_REPORT, REPORTED_PROGRESS, REPORTED_STATUS),
        meaning="Reports on how an action is going.",
        reports_on=REPORTED_ACTION,
    ),
    declare(
        "goal_measurements",
        "goal_measurement",
        (ID, GOAL, DAY_MEASURED, TARGET, ACTUAL, LIGHT, DESCRIPTION),
        meaning="Measurements of goals: target and actual value of a day.",
        measured=GOAL,
    ),
    declare(
        "kpi_measurements",
        "kpi_measurement",
        (ID, KPI, DAY_MEASURED, TARGET, ACTUAL, LIGHT, DESCRIPTION),
        meaning="Measurements of KPIs: target and actual value of a day.",
        measured=KPI,
    ),
)
