"""Examples of bodies and answers: the files that routes name with `body_example` and `answer_example`."""

from typing import Any

from chalicelib.schemas.workspaces import DEFAULT_SETTINGS
from chalicelib.serializers.ogsm_csv import write_table
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import PartOf, Schema
from chalicelib.validation.types import Integer
from infra.openapi.forms import encode_example
from infra.testing.documents import example

Example = dict[str, Any]


def body_example(name: str | None) -> Example:
    """Return the `example` of a body, or nothing without a name. Raises FileNotFoundError."""
    return {"example": example(name)} if name else {}


def form_example(name: str | None) -> Example:
    """Return the `example` of a form, or nothing without a name. Raises FileNotFoundError."""
    return {"example": encode_example(example(name))} if name else {}


def answer_example(name: str | None, kind: Any) -> Example:
    """Return the `example` of an answer, or nothing without a name. Raises FileNotFoundError.

    The documents abridge some objects. The missing fields are added, so that the example fits its schema.
    """
    return {"example": complete(example(name), kind)} if name else {}


def csv_example(name: str | None, kind: Any) -> Example:
    """Return the `example` of a list as CSV, or nothing without a name. Raises FileNotFoundError."""
    return {"example": write_table(list(kind.kind.shape.fields), complete(example(name), kind))} if name else {}


def complete(value: Any, kind: Any) -> Any:
    """Return an example of a kind with all fields, also those that the documents leave out."""
    if isinstance(kind, PartOf):
        return complete(value, kind.shape)
    if isinstance(kind, Nullable):
        return None if value is None else complete(value, kind.kind)
    if isinstance(kind, ListOf):
        return [complete(element, kind.kind) for element in value]
    if isinstance(kind, Schema):
        fields = {**kind.fields, **kind.read_only}
        whole = value | {name: part for name, part in _omitted(kind.name).items() if name not in value}
        return {name: complete(part, fields[name]) for name, part in whole.items()}
    return int(value) if isinstance(kind, Integer) else value


def _omitted(schema: str) -> Example:
    """Return the fields that the documents leave out of some examples of a schema."""
    match schema:
        case "Activity":
            activity: Example = example("inbox")["items"][0]["activity"]
            return activity
        case "User":
            return {"slug": "tester-the-great"}
        case "Workspace":
            return {"setting": DEFAULT_SETTINGS}
    return {}
