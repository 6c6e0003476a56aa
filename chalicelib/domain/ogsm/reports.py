"""Reports and measurements set the traffic light of their item, and reports on an action its progress and status too.

The item is the objective, strategy, action, goal or KPI that is reported on or measured. For each of the fields the
newest report by its day counts, in whatever order reports arrive. Of several reports of one day the last one counts.
The row of the item keeps the days, and its version protects it from two reports at once. A value that a user sets stays
until the next report that is not older than the newest one before.
"""

from typing import NamedTuple

from chalicelib import clock
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import AT, ID, LIGHT, REPORTED_PROGRESS, REPORTED_STATUS
from chalicelib.storage.models.base import Ref
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.rows import Rows

SET_BY_REPORTS = (LIGHT.name, REPORTED_PROGRESS.name, REPORTED_STATUS.name)


class News(NamedTuple):
    """The values that a report has for its item, by the names of the fields, and the day of the report."""

    item: Ref[ObjectRow]
    values: JsonObject
    day: str


def find_news(account: int, noun: OgsmNoun, report: JsonObject, previous: JsonObject | None) -> News | None:
    """Return what a report says about its item, or None if it says nothing or is an object of another noun.

    `previous` is the report before a change. A value counts if the report did not have it before, or had it for another
    day. So a new description of an old report does not change its item.
    """
    if not noun.subject:
        return None
    values = {name: report[name] for name in SET_BY_REPORTS if report.get(name) is not None}
    if previous is not None and previous[AT.name] == report[AT.name]:
        values = {name: value for name, value in values.items() if value != previous[name]}
    return News(noun.subject_ref(account, report[noun.subject][ID.name]), values, report[AT.name]) if values else None


def plan_items(news: News | None, rows: Rows) -> list[ObjectRow]:
    """Return the rows to save so that the item has what is new. There is none if nothing changes.

    `rows` has the item if it exists. It need not, because a report may name any id. One that is being deleted does not
    change any more.
    """
    item = rows.get(news.item) if news else None
    if news is None or item is None or item.deleted_with:
        return []
    days: dict[str, str] = item.reported_days or {}
    newest = {name: value for name, value in news.values.items() if news.day >= days.get(name, "")}
    document, new_days = item.doc | newest, days | dict.fromkeys(newest, news.day)
    if (document, new_days) == (item.doc, days):
        return []
    item.doc, item.reported_days = document, new_days
    return [item]


def days_after_update(item: ObjectRow, document: JsonObject) -> dict[str, str] | None:
    """Return the days of the newest reports after a user has changed the item to this document.

    A field that has changed is no longer kept by a report of a day in the future, such as one with a wrong year.
    """
    if not item.reported_days:
        return None
    days: dict[str, str] = item.reported_days
    return {name: day if document[name] == item.doc[name] else min(day, clock.today()) for name, day in days.items()}
