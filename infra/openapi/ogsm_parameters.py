"""The parameters of the OGSM nouns, with sentences and examples that follow from their declarations."""

from typing import Any, NamedTuple

from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.schemas.ogsm_objects import ListParameter, find_filters
from infra.testing.documents import example

SENTENCES = {  # by the function that compares
    "equals": "Only {objects} with this {field}.",
    "has_name": "Only {objects} with this {field}.",
    "has_id": "Only {objects} with this {field}.",
    "contains_name": "Only {objects} with this {parameter}, among others.",
    "contains_id": "Only {objects} of this {parameter}, among others.",
    "on_or_after": "Only {objects} whose `{argument}` is this day or later.",
    "on_or_before": "Only {objects} whose `{argument}` is this day or earlier.",
    "at_least": "Only {objects} whose `{argument}` is this number or more.",
    "at_most": "Only {objects} whose `{argument}` is this number or less.",
    "is_overdue": "Only {objects} that are past their due day and not inactive, or only the others.",
    "contains_text": "Only {objects} with this text in one of {arguments}, in upper or lower case.",
}
ARCHIVED = "Only {objects} that are archived, or only those that are not."


class Text(NamedTuple):
    """The meaning of a parameter, and an example of its value."""

    description: str
    example: Any


def path_texts() -> dict[str, Text]:
    """Return the texts of the path variables."""
    day = example("goal_measurement")["at"]
    return {
        noun.variable: Text(
            f"The id of the {words(noun.singular)}. `.json` may be left out.", f"{example(noun.singular)['id']}.json"
        )
        for noun in NOUNS
    } | {"day": Text("The day of the measurement. `.json` may be left out.", f"{day}.json")}


def query_texts() -> dict[str, Text]:
    """Return the texts of the query parameters, each under the names of its noun and its own."""
    return {f"{noun.name}.{name}": text for noun in NOUNS for name, text in _texts_of(noun).items()}


def _texts_of(noun: OgsmNoun) -> dict[str, Text]:
    document = example(noun.singular)
    texts = {one.name: Text(_sentence(noun, one), _example(one, document)) for one in find_filters(noun.schema)}
    first, second, *_ = noun.schema.fields
    texts["sort"] = Text(
        "The fields to sort by, separated by commas. A minus sign reverses the order.",
        f"{second},-{first}" if second in noun.listing.sort_values else f"-{first}",
    )
    texts["fields"] = Text("The fields to answer, separated by commas. All by default.", f"{first},{second}")
    return texts


def _sentence(noun: OgsmNoun, parameter: ListParameter) -> str:
    sentence = ARCHIVED if parameter.name == "archived" else SENTENCES[parameter.test]
    return sentence.format(
        objects=words(noun.name),
        field=words(parameter.arguments[0]),
        parameter=words(parameter.name.removesuffix("_id")),
        argument=parameter.arguments[0],
        arguments=", ".join(f"`{name}`" for name in parameter.arguments),
    )


def _example(parameter: ListParameter, document: dict[str, Any]) -> Any:
    """Return a value with which the list has the example of the object, where there is one."""
    if parameter.test == "is_overdue":
        return True
    values = [document[name] for name in parameter.arguments if document[name] is not None]
    if parameter.test == "contains_text":
        return str(values[0]).removeprefix("<p>").split()[0] if values else "text"
    value = values[0] if values else {"id": 1, "name": "x"}
    value = value[0] if isinstance(value, list) else value
    if isinstance(value, dict):
        return value["id" if parameter.name.endswith("_id") else "name"]
    return value
