"""The OGSM nouns that domain/ogsm/nouns.py declares."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from chalicelib.domain.ogsm.archiving import ARCHIVES_REFERRERS
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.references import ALL_NOUNS, BY_SINGULAR, fields_naming, kind_about, nouns_referring_to
from chalicelib.schemas.ogsm_objects import PARENT
from infra.testing.documents import example
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    GET_ITEM,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    Budget,
    RequestCase,
)
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


def body_with_light(noun: OgsmNoun, world: World) -> Json:
    """Return a body that creates a report or measurement with a traffic light, of an item that exists."""
    item = location_of(world.owner.post(LISTS_OF_ITEMS[noun.subject], json={"title": "x"}))
    return {noun.subject: {"id": item.rpartition("/")[2].removesuffix(".json")}, "traffic_light": "green"}


def body_with_parent(noun: OgsmNoun, world: World) -> Json:
    """Return a body that makes an object a part of another one, which is created."""
    parent = create(noun, world).rpartition("/")[2].removesuffix(".json")
    return new_body(noun) | {PARENT.name: {"id": parent}}


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


LISTS_OF_ITEMS = {noun.singular: list_path(noun) for noun in ALL_NOUNS}


def sample_rows(account: int) -> list[SampleRow]:
    """Return an object of each noun."""
    return [SampleRow(noun.row.at(account, 0, doc=example(noun.singular)), _reference(noun, account)) for noun in NOUNS]


def _reference(noun: OgsmNoun, account: int) -> Callable[[int], Any]:
    return lambda number: noun.row.ref(account, FIRST_ID + number)


def _cases(noun: OgsmNoun) -> Iterator[RequestCase]:
    every, one, address, changed = list_path(noun), object_path(noun), partial(create, noun), changed_body(noun)
    reads: Budget = [BATCH_GET] if noun.subject else []  # the author, or whether the day is free
    before: Budget = [*reads, *([] if noun.measured else [UPDATE_ITEM])]  # draws an id
    writes = [GET_ITEM, PUT_ITEM], [GET_ITEM, GET_ITEM, TRANSACTION]
    yield RequestCase("GET", every, [QUERY])
    yield RequestCase("GET", csv_path(noun), [QUERY])
    yield RequestCase("GET", one, [GET_ITEM], address=address)
    yield from past_cases(one, address, [GET_ITEM], around=())
    yield RequestCase(
        "POST", every, [*before, PUT_ITEM], [GET_ITEM, *before, TRANSACTION], body=partial(new_body, noun)
    )
    if noun.subject:
        yield RequestCase(
            "POST",
            every,
            [*before, TRANSACTION],
            [GET_ITEM, *before, TRANSACTION],
            body=partial(body_with_light, noun),
            variant=f"POST {every} with a traffic light",
        )
    yield RequestCase("PATCH", one, *writes, address=address, body=changed)
    yield RequestCase("DELETE", one, *_deletes(noun), address=address)


def _cases_with_parent(noun: OgsmNoun) -> Iterator[RequestCase]:
    """Yield the cases in which an object gets a parent, which is read and must not change."""
    if PARENT.name not in noun.schema.fields:
        return
    every, one, body = list_path(noun), object_path(noun), partial(body_with_parent, noun)
    creates: Budget = [UPDATE_ITEM, GET_ITEM, TRANSACTION]
    updates: Budget = [GET_ITEM, GET_ITEM, TRANSACTION]
    yield RequestCase("POST", every, creates, [GET_ITEM, *creates], body=body, variant=f"POST {every} with a parent")
    yield RequestCase(
        "PATCH",
        one,
        updates,
        [GET_ITEM, *updates],
        address=partial(create, noun),
        body=body,
        variant=f"PATCH {one} with a parent",
    )


def _deletes(noun: OgsmNoun) -> tuple[Budget, Budget]:
    """Return the budgets of a deletion: it reads the reports on the object as well, and what may refer to it."""
    queries = [QUERY for is_read in (kind_about(noun), nouns_referring_to(noun)) if is_read]
    read = (GET_ITEM, *queries) if queries else GET_ITEM
    return [read, TRANSACTION], [GET_ITEM, read, TRANSACTION]


def _cases_with_referrers(noun: OgsmNoun) -> Iterator[RequestCase]:
    """Yield the cases in which an object changes together with one that refers to it, if others can."""
    if not nouns_referring_to(noun):
        return
    one, referrer = object_path(noun), nouns_referring_to(noun)[0]
    queries = tuple(QUERY for item in (noun, referrer) if kind_about(item))
    reports: Budget = [queries] if len(queries) > 1 else queries
    together = partial(_create_with_referrer, noun, referrer)
    yield RequestCase(
        "DELETE",
        one,
        [(GET_ITEM, QUERY), *reports, TRANSACTION],
        [GET_ITEM, (GET_ITEM, QUERY), *reports, TRANSACTION],
        address=lambda world: f"{together(world)}?cascade=true",
        variant=f"DELETE {one}?cascade=true with an object that refers to it",
    )


def _cases_of_archiving() -> Iterator[RequestCase]:
    """Yield the case in which another object is archived as well."""
    noun = BY_SINGULAR[ARCHIVES_REFERRERS]
    yield RequestCase(
        "PATCH",
        object_path(noun),
        [GET_ITEM, QUERY, TRANSACTION],
        [GET_ITEM, GET_ITEM, QUERY, TRANSACTION],
        address=partial(_create_with_referrer, noun, nouns_referring_to(noun)[0]),
        body={"archived": True},
        variant=f"PATCH {object_path(noun)} that archives an object with it",
    )


def _create_with_referrer(noun: OgsmNoun, referrer: OgsmNoun, world: World) -> str:
    """Create an object and one that refers to it, and return the address of the former."""
    address = create(noun, world)
    [field, *_] = fields_naming(referrer, noun)
    named = {"id": address.rpartition("/")[2].removesuffix(".json")}
    value = [named] if isinstance(referrer.defaults[field], list) else named
    location_of(world.owner.post(list_path(referrer), json=new_body(referrer) | {field: value}))
    return address


NOUN = Noun(
    request_cases=[
        *(case for noun in NOUNS for case in [*_cases(noun), *_cases_with_parent(noun), *_cases_with_referrers(noun)]),
        *_cases_of_archiving(),
    ],
    sample_rows=sample_rows,
)
