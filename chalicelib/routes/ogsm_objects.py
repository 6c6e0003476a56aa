"""/api/v2/<noun>: the calls of each noun that domain/ogsm/nouns.py declares."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.ogsm import objects, references
from chalicelib.domain.ogsm.noun import OgsmNoun, with_article, words
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.http import ogsm_lists
from chalicelib.http.endpoint import CSV
from chalicelib.http.path_variables import NUMBER_WITH_JSON
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.common import NO_PARAMETERS
from chalicelib.schemas.ogsm_objects import CASCADE, object_parameters
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import PartOf, Schema

routes = Routes(__name__, path_variables={noun.variable: NUMBER_WITH_JSON for noun in NOUNS})

View = Callable[..., Any]


def add_routes(noun: OgsmNoun) -> None:
    """Add the calls of a noun. Each view gets the name and the sentence that the OpenAPI document shows."""
    every, one = f"/api/v2/{noun.name}.json", f"/api/v2/{noun.name}/{{{noun.variable}}}"
    schema, part, sent = noun.schema, PartOf(noun.schema), f"sent_{noun.singular}"
    whole: dict[str, Any] = {"noun": noun.name, "answers": schema, "answer_example": noun.singular}
    fields = object_parameters(schema)
    many: dict[str, Any] = {"noun": noun.name, "answers": ListOf(part), "answer_example": noun.name}
    routes.get(every, has_past=True, query=noun.list_query, other_media_types=(CSV,), **many)(_list_view(noun))
    as_csv = f"/api/v2/{noun.name}.csv"
    routes.get(as_csv, has_past=True, query=noun.list_query, media_type=CSV, **many)(_csv_view(noun))
    routes.post(every, body=schema, creates=one, body_example=sent, **whole)(_create_view(noun))
    single: dict[str, Any] = {"noun": noun.name, "answers": part, "answer_example": noun.singular}
    routes.get(one, history=noun.singular, query=fields, **single)(_get_view(noun))
    routes.patch(one, body=schema, body_example=sent, **whole)(_update_view(noun))
    routes.delete(one, query=deletion_parameters(noun), **whole)(_delete_view(noun))


def _list_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest) -> ApiResponse:
        return ogsm_lists.list_response(request, noun)

    return _describe(view, f"list_{noun.name}", f"Return the {words(noun.name)} of the account, by their ids.")


def _csv_view(noun: OgsmNoun) -> View:
    sentence = f"Return the list of {words(noun.name)} as CSV, with a column for each field."
    return _describe(_list_view(noun), f"list_{noun.name}_as_csv", sentence)


def _create_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest) -> Change[JsonObject]:
        return objects.create_object(request.caller, noun, request.body)

    return _describe(view, f"create_{noun.singular}", f"Create {with_article(words(noun.singular))}.")


def _get_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, **ids: int) -> JsonObject:
        document = objects.get_object(request.caller, noun, ids[noun.variable])
        return select_fields(document, request.query.get("fields"))

    return _describe(view, f"get_{noun.singular}", f"Return {with_article(words(noun.singular))}.")


def _update_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, **ids: int) -> Change[JsonObject] | Steps[JsonObject]:
        from chalicelib.domain.ogsm import archiving  # only changes need it

        return archiving.update_object(request.caller, noun, ids[noun.variable], request.body)

    sentence = f"Change the fields of {with_article(words(noun.singular))} that are sent, and no others."
    return _describe(view, f"update_{noun.singular}", sentence)


def _delete_view(noun: OgsmNoun) -> View:
    def view(request: ApiRequest, **ids: int) -> Steps[JsonObject]:
        from chalicelib.domain.ogsm import deletion  # only deletions need it, and it makes cold starts slower

        cascade = request.query.get("cascade", False)
        return deletion.delete_object(request.caller, noun, ids[noun.variable], cascade=cascade)

    sentence = f"Delete {with_article(words(noun.singular))}, and return it as it was."
    return _describe(view, f"delete_{noun.singular}", sentence)


def deletion_parameters(noun: OgsmNoun) -> Schema:
    """Return the query parameters of a deletion. Only nouns that others refer to have some."""
    return CASCADE if references.nouns_referring_to(noun) else NO_PARAMETERS


def _describe(view: View, name: str, sentence: str) -> View:
    view.__name__, view.__doc__ = name, sentence
    return view


for _noun in NOUNS:
    add_routes(_noun)
