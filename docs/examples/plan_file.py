"""Read plan.json: the plan of a company that builds cargo bikes, with two years of measurements.

The file has an array for each noun of the OGSM API. Its objects have the fields of the API, with these differences:

- An object refers to another one by its title or name, because ids are known only after the other one was created.
- `start`, `due` and `month` are numbers of months from this month. -1 is the month before.
- `labels`, `assignee`, `involved` and `status` are names alone.
- A goal or KPI has its measurements, the oldest first: `actuals` of each week, month or quarter, and `targets`, which
  are spread evenly over the same time.
"""

import json
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Ids = Mapping[tuple[str, str], int]  # the ids of objects, by their noun and their title or name

FILE = Path(__file__).with_name("plan.json")
ITEMS = ("teams", "ogsm_canvases", "objectives", "goals", "strategies", "kpis", "actions")  # in the order of creation
REPORTED = {"objective": "objectives", "strategy": "strategies", "action": "actions"}
MEASURED = {"goal": "goals", "kpi": "kpis"}
NAMES = ("assignee", "status")
LISTS_OF_NAMES = ("labels", "involved")
REFERENCES = {"team": "teams", **REPORTED}
LISTS_OF_REFERENCES = ("ogsm_canvases", "objectives", "strategies")
OF_MEASUREMENTS = ("measured_every", "targets", "actuals")


def read_plan() -> dict[str, list[Json]]:
    """Return the objects of each noun."""
    plan: dict[str, list[Json]] = json.loads(FILE.read_text(encoding="utf-8"))
    return plan


def title_of(item: Json) -> str:
    """Return what tells an object from the others of its noun."""
    return str(item.get("title") or item["name"])


def to_body(noun: str, item: Json, ids: Ids, today: date) -> Json:
    """Return the body that creates an object. `ids` has the objects to which it refers."""
    fields = {name: value for name, value in item.items() if name not in OF_MEASUREMENTS}
    return dict(_to_field(noun, name, value, ids, today) for name, value in fields.items())


def _to_field(noun: str, name: str, value: Any, ids: Ids, today: date) -> tuple[str, Any]:
    """Return the name and the value that the API has for a field of the file."""
    if name == "month":
        return "at", day_of_month(today, value, is_last=True)
    if name in ("start", "due") and value is not None:
        return name, day_of_month(today, value, is_last=name == "due")
    if name in NAMES:
        value = {"name": value}
    elif name in LISTS_OF_NAMES:
        value = [{"name": one} for one in value]
    elif name in LISTS_OF_REFERENCES:
        value = [{"id": ids[name, one]} for one in value]
    elif value is not None and (name == "parent" or name in REFERENCES):
        value = {"id": ids[REFERENCES.get(name, noun), value]}
    return name, value


def to_measurements(item: Json, today: date) -> Iterator[tuple[str, Json]]:
    """Yield the day and the body of each measurement of a goal or KPI. The newest one has the traffic light."""
    targets, actuals = item["targets"], item["actuals"]
    last = len(actuals) - 1
    for number, actual in enumerate(actuals):
        target = targets[number * len(targets) // len(actuals)]
        light = {"traffic_light": item["traffic_light"]} if number == last else {}
        day = _day_measured(item["measured_every"], last - number, today)
        yield day, {"target": target, "actual": actual, **light}


def _day_measured(period: str, ago: int, today: date) -> str:
    """Return the day of the measurement before `ago` others: a Friday, or the end of a month."""
    if period == "week":
        friday = today - timedelta(days=(today.weekday() - 4) % 7)
        return (friday - timedelta(weeks=ago)).isoformat()
    months = {"month": 1, "quarter": 3}[period]
    return day_of_month(today, -1 - ago * months, is_last=True)


def day_of_month(today: date, months: int, *, is_last: bool) -> str:
    """Return the first or last day of the month that is this many months after the month of today."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1] if is_last else 1).isoformat()
