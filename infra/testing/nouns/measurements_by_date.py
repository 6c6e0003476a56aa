"""Measurements at the address of their goal or KPI and day."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.routes.measurements_by_date import path_of
from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PUT_ITEM, TRANSACTION, RequestCase
from infra.testing.world import World, location_of

MEASURED = [noun for noun in NOUNS if noun.measured]
BODY: dict[str, Any] = {"target": 70, "actual": 66.5}
WITH_LIGHT = BODY | {"traffic_light": "orange"}


def address_of_new(noun: OgsmNoun, world: World) -> str:
    """Create a goal or KPI, and return the address of a day on which it has not been measured."""
    every = path_of(noun).partition("/{")[0]
    item = location_of(world.owner.post(f"{every}.json", json={"title": "x"}))
    return f"{item.removesuffix('.json')}/measurements/2024-06-30.json"


def create(noun: OgsmNoun, world: World) -> str:
    """Create a goal or KPI and its measurement of a day, and return the address of the measurement."""
    return location_of(world.owner.put(address_of_new(noun, world), json=BODY | {"actual": 1}))


def _cases(noun: OgsmNoun) -> Iterator[RequestCase]:
    path, new, existing = path_of(noun), partial(address_of_new, noun), partial(create, noun)
    plain, in_transaction = [BATCH_GET, PUT_ITEM], [BATCH_GET, TRANSACTION]
    with_key = [GET_ITEM, *in_transaction]
    yield RequestCase("GET", path, [BATCH_GET], address=existing)
    yield RequestCase("PUT", path, plain, with_key, address=new, body=BODY)
    yield RequestCase(
        "PUT", path, in_transaction, with_key, address=new, body=WITH_LIGHT, variant=f"PUT {path} with a traffic light"
    )
    yield RequestCase("PUT", path, plain, with_key, address=existing, body=BODY, variant=f"PUT {path} again")
    yield RequestCase("DELETE", path, in_transaction, with_key, address=existing)


NOUN = Noun(request_cases=[case for noun in MEASURED for case in _cases(noun)])
