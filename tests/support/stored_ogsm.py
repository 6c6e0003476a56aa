"""OGSM objects that are written straight into the table, as an import would, and random accounts of them."""

from random import Random
from typing import Any

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.schemas.actions import STATUSES
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ReportRow
from infra.testing.rows import store_rows

Json = dict[str, Any]

ACME = Caller(1, "u1", "key", "read")
BY_NAME = {noun.name: noun for noun in ALL_NOUNS}
SUBJECTS = {noun.name: noun.subject for noun in NOUNS if noun.subject}
DAYS = [f"2027-01-{day:02}" for day in range(25, 32)] + ["2026-12-31", "2026-11-01", "2026-10-31", "2025-01-01"]
# around the day of the clock in the tests, and of 30 and 90 days before it


def build(noun: str, object_id: int, /, **fields: Any) -> Json:
    """Return an object of the noun with this name."""
    return BY_NAME[noun].defaults | {"id": object_id} | fields


def store(name: str, *documents: Json, account: int = ACME.account) -> None:
    """Store objects of the noun with this name."""
    row = BY_NAME[name].row
    store_rows(row.at(account, document["id"], doc=document) for document in documents)


def measurement(goal_or_kpi: str, item_id: int, day: str, **fields: Any) -> Json:
    """Return a measurement. The first argument is the name of the noun that is measured."""
    return build(
        f"{goal_or_kpi}_measurements",
        MeasurementRow.id_of(item_id, day),
        **({goal_or_kpi: {"id": item_id}, "at": day} | fields),
    )


class RandomAccount:
    """The objects of an account by the names of their nouns. Any of them may refer to any other one."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.objects = {name: self._objects(name) for name in BY_NAME}

    def store(self) -> None:
        """Write all objects into the table."""
        for name, documents in self.objects.items():
            store(name, *documents)

    def _objects(self, name: str) -> list[Json]:
        if name in SUBJECTS:
            return self._reports(name, SUBJECTS[name])
        count = {"teams": 5, "ogsm_canvases": 5}.get(name, 8)
        return [self._object(name, number) for number in range(1, count + 1)]

    def _object(self, name: str, number: int) -> Json:
        fields: Json = {"title": f"{name} {number}", "name": f"{name} {number}"}
        fields |= {"archived": self._random.random() < 0.2, "progress": self._random.randint(0, 100)}
        fields |= {"traffic_light": self._random.choice(["green", "orange", "red", None])}
        fields |= {"assignee": self._random.choice([None, {"name": "Ann"}, {"name": "bob"}])}
        fields |= {
            field: self._random.choice([None, self._reference(), self._reference()]) for field in ("team", "parent")
        }
        fields |= {field: self._random.choice([None, *DAYS]) for field in ("start", "due")}
        fields |= {field: self._references(8) for field in ("strategies", "objectives")}
        canvases = [one | {"row_order": self._random.randint(-2, 2)} for one in self._references(4)]
        document = build(name, number) | {"ogsm_canvases": canvases} | fields
        if name == "actions":
            document["status"] = {"name": self._random.choice(STATUSES)}
        return {field: document[field] for field in BY_NAME[name].defaults}

    def _reports(self, name: str, subject: str) -> list[Json]:
        lights, values = [None, "green"], [None, 1]
        pairs = {(self._random.randint(1, 8), self._random.choice(DAYS)) for _ in range(12)}
        documents = [
            build(name, self._report_id(name, item, day), **{subject: {"id": item}, "at": day}) for item, day in pairs
        ]
        for document in documents:
            document["traffic_light"] = self._random.choice(lights)
            if BY_NAME[name].measured:
                document |= {"target": self._random.choice(values), "actual": self._random.choice(values)}
        return documents

    def _report_id(self, name: str, item: int, day: str) -> int:
        """Return the id of a report or measurement. An account has at most one of each item and day."""
        return MeasurementRow.id_of(item, day) if BY_NAME[name].measured else ReportRow.id_of(item, DAYS.index(day) + 1)

    def _reference(self) -> Json:
        return {"id": self._random.randint(1, 5)}

    def _references(self, most: int) -> list[Json]:
        ids = range(1, most + 1)
        return [{"id": one} for one in self._random.sample(ids, self._random.randint(0, 3))]
