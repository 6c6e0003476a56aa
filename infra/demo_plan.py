"""The plan in the demo account, so that the pages and lists have something to show. It is that of docs/examples.

The server creates it when it starts for the first time. So that this is quick, it takes few commits, and leaves out
most reports and measurements of all canvases but the first.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib import clock
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import objects
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import AT, CANVASES, ID
from chalicelib.storage.ids import next_id, raise_counter
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.ogsm_objects import MeasurementRow
from chalicelib.storage.transactions import MAX_WRITES
from chalicelib.storage.unit_of_work import Change
from docs.examples.plan_file import ITEMS, REPORTED, read_plan, title_of, to_body, to_measurements
from infra.operations import run_as

BY_NAME = {noun.name: noun for noun in ALL_NOUNS}
MEASUREMENTS = {f"{noun.measured}s": noun for noun in NOUNS if noun.measured}  # by the noun of the items
WEEKS = 4  # one measurement for so many weeks is kept
NEWEST = 8  # so many measurements of the other canvases are kept


def create_plan(caller: Caller) -> None:
    """Create the plan in the caller's account."""
    demo_plan = DemoPlan(caller)
    for name in ITEMS:
        demo_plan.create_items(BY_NAME[name])
    for subject in ("objective", "action"):
        demo_plan.create_reports(subject)
    for name, noun in MEASUREMENTS.items():
        demo_plan.create_measurements(name, noun)


class DemoPlan:
    """The plan of the file, on its way into an account."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._plan = read_plan()
        self._today = date.fromisoformat(clock.today())
        self._ids: dict[tuple[str, str], int] = {}  # as plan_file.to_body needs them
        self._first_canvas = title_of(self._plan[CANVASES.name][0])

    def create_items(self, noun: OgsmNoun) -> None:
        """Create the objects of a noun, with their ids and row orders in the order of the file."""
        items = self._plan[noun.name]
        first = next_id(self._caller.account, noun.name, by=len(items)) - len(items) + 1
        for object_id, item in enumerate(items, first):
            self._ids[noun.name, title_of(item)] = object_id
        self._save([self._item_row(noun, item, row_order) for row_order, item in enumerate(items, 1)])
        if CANVASES.name in noun.schema.fields:
            for canvas in self._plan[CANVASES.name]:
                counter = f"{noun.canvas_counter} {self._ids[CANVASES.name, title_of(canvas)]}"
                raise_counter(self._caller.account, counter, len(items))

    def _item_row(self, noun: OgsmNoun, item: JsonObject, row_order: int) -> Row:
        fields = noun.schema.check(to_body(noun.name, item, self._ids, self._today))
        if CANVASES.name in fields:
            fields[CANVASES.name] = [{**canvas, "row_order": row_order} for canvas in fields[CANVASES.name]]
        object_id = self._ids[noun.name, title_of(item)]
        return noun.row.at(self._caller.account, object_id, doc=noun.defaults | fields | {ID.name: object_id})

    def create_reports(self, subject: str) -> None:
        """Create the reports on the objectives, strategies or actions of the first canvas."""
        noun = BY_NAME[f"{subject}_progress_reports"]
        on_canvas = {title_of(item) for item in self._plan[REPORTED[subject]] if self._is_on_first_canvas(item)}
        for report in self._plan[noun.name]:
            if report[subject] in on_canvas:
                self._create_report(noun, report)

    def _create_report(self, noun: OgsmNoun, report: JsonObject) -> None:
        fields = noun.schema.check(to_body(noun.name, report, self._ids, self._today))
        run_as(self._caller, lambda: objects.create_object(self._caller, noun, fields))

    def create_measurements(self, name: str, noun: OgsmNoun) -> None:
        """Create the measurements of goals or KPIs."""
        self._save([row for item in self._plan[name] for row in self._measurement_rows(name, noun, item)])

    def _measurement_rows(self, name: str, noun: OgsmNoun, item: JsonObject) -> Iterator[Row]:
        item_id = self._ids[name, title_of(item)]
        newest_first = list(to_measurements(item, self._today))[::-1]
        kept = newest_first[:: WEEKS if item["measured_every"] == "week" else 1]
        for day, body in kept if self._is_on_first_canvas(item) else kept[:NEWEST]:
            row_id = MeasurementRow.id_of(item_id, day)
            identity = {ID.name: row_id, noun.measured: {ID.name: item_id}, AT.name: day}
            yield noun.row.at(self._caller.account, row_id, doc=noun.defaults | body | identity)

    def _is_on_first_canvas(self, item: JsonObject) -> bool:
        return self._first_canvas in item[CANVASES.name]

    def _save(self, rows: Sequence[Row]) -> None:
        """Save new rows in as few transactions as possible."""
        for start in range(0, len(rows), MAX_WRITES):
            change = Change(None, save=rows[start : start + MAX_WRITES])
            run_as(self._caller, lambda change=change: change)  # type: ignore[misc]
