"""The answers of the series of goals and KPIs."""

from chalicelib.schemas.ogsm_objects import ACTUAL, AT, START_VALUE, TARGET, UNIT
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Integer, Pattern

QUARTER_NAME = Pattern("[0-9]{4}-Q[1-4]", "must be a quarter, such as 2026-Q1")


def _values_of(name: str, key: str, kind: object, description: str) -> Schema:
    """Return the schema of target and actual of a day or period, which stands in the field `key`."""
    return Schema(
        name,
        {},
        read_only={key: kind, TARGET.name: TARGET.kind, ACTUAL.name: ACTUAL.kind},
        descriptions={key: description, TARGET.name: TARGET.description, ACTUAL.name: ACTUAL.description},
    )


POINT = _values_of("SeriesPoint", AT.name, AT.kind, "The day.")
QUARTER = _values_of("SeriesQuarter", "quarter", QUARTER_NAME, "The quarter, such as `2026-Q1`.")
YEAR = _values_of("SeriesYear", "year", Integer(1, 9999), "The year.")
SERIES = Schema(
    "Series",
    {},
    read_only={
        UNIT.name: UNIT.kind,
        START_VALUE.name: START_VALUE.kind,
        "computed": Boolean(),
        "points": ListOf(POINT),
        "quarters": ListOf(QUARTER),
        "years": ListOf(YEAR),
    },
    descriptions={
        UNIT.name: UNIT.description,
        START_VALUE.name: START_VALUE.description,
        "computed": "Whether the values are computed from those of its parts, and not its own measurements.",
        "points": "The values by day.",
        "quarters": "The values of each quarter that has any.",
        "years": "The values of each year that has any.",
    },
)
