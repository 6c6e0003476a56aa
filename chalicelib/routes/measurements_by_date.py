"""/api/v2/goals/<id>/measurements/<day>.json, and the same for KPIs: the measurement of a day at its own address."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.ogsm import measurements_by_date
from chalicelib.domain.ogsm.measurements_by_date import Address
from chalicelib.domain.ogsm.noun import OgsmNoun, with_article, words
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.http.endpoint import Created
from chalicelib.http.path_variables import DAY_WITH_JSON
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import object_parameters
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.schema import PartOf

routes = Routes(__name__, path_variables={"day": DAY_WITH_JSON})
BY_SINGULAR = {noun.singular: noun for noun in NOUNS}
CREATED_OR_REPLACED = (201, 200)

View = Callable[..., Any]


def path_of(noun: OgsmNoun) -> str:
    """Return the path of a measurement by its day, with the variables."""
    measured = BY_SINGULAR[noun.measured]
    return f"/api/v2/{measured.name}/{{{measured.variable}}}/measurements/{{day}}"


def add_routes(noun: OgsmNoun) -> None:
    """Add the calls of a noun of measurements."""
    path, schema = path_of(noun), noun.schema
    shown: dict[str, Any] = {"noun": noun.name, "answer_example": noun.singular}
    routes.get(path, query=object_parameters(schema), answers=PartOf(schema), **shown)(_get_view(noun))
    routes.put(
        path,
        body=schema,
        answers=schema,
        creates=Created(path, id_pointer="/at"),
        statuses=CREATED_OR_REPLACED,
        body_example=f"sent_{noun.singular}",
        **shown,
    )(_put_view(noun))
    routes.delete(path, answers=schema, **shown)(_delete_view(noun))


def _get_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, day: str, **ids: int) -> JsonObject:
        document = measurements_by_date.get_measurement(request.caller, _address(noun, day, ids))
        return select_fields(document, request.query.get("fields"))

    return _describe(view, "get", noun, f"Return {_object(noun)} of a day.")


def _put_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, day: str, **ids: int) -> Change[JsonObject | ApiResponse]:
        change = measurements_by_date.put_measurement(request.caller, _address(noun, day, ids), request.body)
        document, is_new = change.answer
        return change.with_answer(document if is_new else ApiResponse(document, 200))

    sentence = f"Create {_object(noun)} of a day, or replace it. Fields that are not sent become null."
    return _describe(view, "put", noun, sentence)


def _delete_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, day: str, **ids: int) -> Change[JsonObject]:
        return measurements_by_date.delete_measurement(request.caller, _address(noun, day, ids))

    return _describe(view, "delete", noun, f"Delete {_object(noun)} of a day, and return it as it was.")


def _address(noun: OgsmNoun, day: str, ids: dict[str, int]) -> Address:
    return Address(noun, ids[BY_SINGULAR[noun.measured].variable], day)


def _object(noun: OgsmNoun) -> str:
    return with_article(words(noun.singular))


def _describe(view: View, verb: str, noun: OgsmNoun, sentence: str) -> View:
    view.__name__, view.__doc__ = f"{verb}_{noun.singular}_by_date", sentence
    return view


for _noun in NOUNS:
    if _noun.measured:
        add_routes(_noun)
