"""The OGSM nouns that domain/ogsm/nouns.py declares."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from infra.testing.documents import example
from infra.testing.noun import Noun
from infra.testing.request_cases import GET_ITEM, PUT_ITEM, QUERY, TRANSACTION, UPDATE_ITEM, Budget, RequestCase
from infra.testing.sample_rows import FIRST_ID, SampleRow
from infra.testing.world import World, location_of

Json = dict[str, Any]

_numbers = count(1_000)


def new_body(noun: OgsmNoun, _: World | None = None) -> Json:
    """Return a body that creates an object with the fields that are required, a measurement for another goal or KPI."""
    if noun.measured:
        return {noun.measured: {"id": next(_numbers)}}
    sent = example(f"sent_{noun.singular}")
    return {name: sent[name] for name in sorted(noun.schema.required)}


def changed_body(noun: OgsmNoun) -> Json:
    """Return a body that changes a text of an object."""
    name = next(name for name in ("title", "name", "description") if name in noun.schema.fields)
    return {name: "changed"}


def list_path(noun: OgsmNoun) -> str:
    """Return the path of the list of a noun."""
    return f"/api/v2/{noun.name}.json"


def csv_path(noun: OgsmNoun) -> str:
    """Return the path of the list of a noun as CSV."""
    return f"/api/v2/{noun.name}.csv"


def object_path(noun: OgsmNoun) -> str:
    """Return the path of an object of a noun, with the variable."""
    return f"/api/v2/{noun.name}/{{{noun.variable}}}"


def create(noun: OgsmNoun, world: World) -> str:
    """Create an object of a noun, and return its address."""
    return location_of(world.owner.post(list_path(noun), json=new_body(noun)))


def sample_rows(account: int) -> list[SampleRow]:
    """Return an object of each noun."""
    return [SampleRow(noun.row.at(account, 0, doc=example(noun.singular)), _reference(noun, account)) for noun in NOUNS]


def _reference(noun: OgsmNoun, account: int) -> Callable[[int], Any]:
    return lambda number: noun.row.ref(account, FIRST_ID + number)


def _cases(noun: OgsmNoun) -> Iterator[RequestCase]:
    every, one, address, changed = list_path(noun), object_path(noun), partial(create, noun), changed_body(noun)
    drawn: Budget = [GET_ITEM] if noun.measured else [UPDATE_ITEM]  # looks whether the day is free, or draws an id
    before: Budget = [GET_ITEM, *drawn] if noun.complete_new and not noun.measured else drawn  # reads the author
    writes = [GET_ITEM, PUT_ITEM], [GET_ITEM, GET_ITEM, TRANSACTION]
    deletes = [GET_ITEM, TRANSACTION], [GET_ITEM, GET_ITEM, TRANSACTION]
    yield RequestCase("GET", every, [QUERY])
    yield RequestCase("GET", csv_path(noun), [QUERY])
    yield RequestCase(
        "POST", every, [*before, PUT_ITEM], [GET_ITEM, *before, TRANSACTION], body=partial(new_body, noun)
    )
    yield RequestCase("GET", one, [GET_ITEM], address=address)
    yield RequestCase("PATCH", one, *writes, address=address, body=changed)
    yield RequestCase("DELETE", one, *deletes, address=address)


NOUN = Noun(request_cases=[case for noun in NOUNS for case in _cases(noun)], sample_rows=sample_rows)
