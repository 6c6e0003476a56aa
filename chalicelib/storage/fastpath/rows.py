"""Build a row from DynamoDB's answer in one pass over its attributes.

PynamoDB sets the default of each attribute twice and then the value of each attribute, all of them one by one through a
descriptor. We skip the constructor and fill the dictionary behind the descriptors at once. This relies on names
of attributes being the same in Python and in the table, as they all are.

Gain: GAIN.
"""

from typing import Any, TypeVar

from pynamodb.attributes import DiscriminatorAttribute
from pynamodb.models import Model

M = TypeVar("M", bound=Model)


def build_row(default: type[M], kind: DiscriminatorAttribute, item: dict[str, dict[str, Any]]) -> M:
    """Return a row of the class that the attribute `kind` of a stored item names, or of `default` if it names none."""
    row_class: type[M] = kind.deserialize(item[kind.attr_name]["S"]) if kind.attr_name in item else default
    row = row_class.__new__(row_class)
    row.attribute_values = {
        name: attribute.deserialize(attribute.get_value(item[name])) if name in item else attribute.default
        for name, attribute in row_class.get_attributes().items()
    }
    return row
