"""Lists of OGSM objects as CSV (RFC 4180), for spreadsheets and BI tools.

A spreadsheet takes a text that begins like a formula for one and carries it out. So such a text gets an apostrophe in
front (https://owasp.org/www-community/attacks/CSV_Injection). There is no byte order mark: Power Query takes CSV for
UTF-8 without one, and other programs would take it for a part of the name of the first column.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from chalicelib.json_text import JsonObject

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
SEPARATOR = "; "  # between the names or ids of several objects in one field
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_table(columns: Sequence[str], documents: Iterable[JsonObject]) -> str:
    """Return a row with the names of the columns, and a row with these fields of each object."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(columns)
    writer.writerows([write_value(document.get(name)) for name in columns] for document in documents)
    return table.getvalue()


def write_value(value: object) -> str:
    """Return the value of a field as the text of a cell: null as nothing, and other objects by their name or id."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, dict):
        return write_value(_name_or_id(value))
    if isinstance(value, list):
        text = SEPARATOR.join(str(_name_or_id(element)) for element in value)
        return write_value(text) if any("name" in element for element in value) else text
    return str(value)  # a number, as in JSON


def _name_or_id(value: JsonObject) -> str | int:
    found: str | int = value["name"] if "name" in value else value["id"]
    return found
