"""The twelve lists of the OGSM API as CSV: the same objects, pages, filters and errors as in JSON."""

import csv
import io
import re
from typing import Any

import httpx
import pytest
from awslambdaric.lambda_runtime_marshaller import to_json

from chalicelib import json_text
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.serializers import ogsm_csv
from infra.testing.documents import example
from infra.testing.nouns import ogsm_objects
from infra.testing.rows import store_rows
from tests.support.problems import assert_problem

Json = dict[str, Any]

GOALS, GOALS_CSV = "/api/v2/goals.json", "/api/v2/goals.csv"
CSV_TYPE = "text/csv; charset=utf-8; header=present"
HEADER = (
    "id,title,labels,description,target_unit,assignee,ogsm_canvases,traffic_light,archived,chart_vertical_min,"
    "aggregation_method,chart_type,objectives,parent,start_value\r\n"
)
TYPICAL_OF_BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MOST_BYTES = 6 * 1024 * 1024  # that Lambda answers
LARGE = '"' * 190_000

ACCEPTED = [
    ("text/csv", CSV_TYPE),
    ("TEXT/CSV; header=present", CSV_TYPE),
    ("text/*", CSV_TYPE),
    ("text/csv, application/json;q=0.9", CSV_TYPE),
    ("text/csv, */*;q=0.1", CSV_TYPE),
    ("*/*, application/json;q=0", CSV_TYPE),
    ("text/csv, application/json", "application/json"),
    ("*/*", "application/json"),
    ("", "application/json"),
    ("text/csv;q=0.9, application/json", "application/json"),
    ("text/csv;q=0, */*", "application/json"),
    ("text/csv;q=x", "application/json"),
    ("text/csv;q=0.5, application/vnd.x+json;q=0.6", "application/json"),
    (TYPICAL_OF_BROWSERS, "application/json"),
]
VALUES = [
    (None, ""),
    ("", ""),
    ([], ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-5, "-5"),
    (2.5, "2.5"),
    (-1e-7, "-1e-07"),
    ("2024-01-31", "2024-01-31"),
    ("<p>ж 🐞</p>", "<p>ж 🐞</p>"),
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    (" =1", " =1"),
    ("1=1", "1=1"),
    ("'quoted'", "'quoted'"),
    ({"name": "=x"}, "'=x"),
    ({"id": 7}, "7"),
    ({"id": -7, "row_order": 2}, "-7"),
    ([{"name": "a"}, {"name": "=b"}, {"name": "c; d"}], "a; =b; c; d"),
    ([{"name": "=a"}, {"name": "b"}], "'=a; b"),
    ([{"id": -7, "row_order": 2}, {"id": 8, "row_order": 1}], "-7; 8"),
]
TEXTS = ("", "x", "a,b", 'a "quote"', "a\\b", "a\r\nb", "\x01\x7f", "ж", "🐞", "=" * 9, '"' * 9)


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids_of(answer: httpx.Response) -> list[int]:
    """Return the ids in rows that are too long for the module csv."""
    return [int(found) for found in re.findall(r"^(\d+),", answer.text, re.MULTILINE)]


def create_goals(client: httpx.Client, *titles: str) -> list[Json]:
    return [client.post(GOALS, json={"title": title}).json() for title in titles]


@pytest.mark.parametrize(("value", "cell"), VALUES)
def test_a_value_has_its_text_in_a_cell(value: object, cell: str) -> None:
    assert ogsm_csv.write_value(value) == cell


def test_cells_are_quoted_where_they_have_to_be() -> None:
    documents: list[Json] = [
        {"a": 'x, "y"', "b": 1},
        {"a": "x\r\ny", "b": None},
        {"a": "x\ry", "b": "x\ny"},
        {"a": "x; y"},
    ]
    assert ogsm_csv.write_table(["a", "b"], documents) == (
        'a,b\r\n"x, ""y""",1\r\n"x\r\ny",\r\n"x\ry","x\ny"\r\nx; y,\r\n'
    )
    assert ogsm_csv.write_table(["a"], [{"a": None}, {"a": 1}]) == 'a\r\n""\r\n1\r\n', "no row is an empty line"


def test_an_object_is_never_longer_in_csv_than_in_json() -> None:
    names = [[{"name": text} for text in TEXTS], [{"id": 1}], [{"id": -1, "row_order": 1}], {"name": "x"}]
    values: list[object] = [*TEXTS, None, True, -1.5, [], *names]
    for document in [{"id": value} for value in values]:
        [_, row] = ogsm_csv.write_table(list(document), [document]).split("\r\n", 1)
        assert len(to_json(row)) <= len(to_json(json_text.dump(document))), document


def test_each_of_the_twelve_lists_is_read_as_csv_with_a_column_for_each_field(ada: httpx.Client) -> None:
    for noun in ALL_NOUNS:
        every, as_csv = ogsm_objects.list_path(noun), ogsm_objects.csv_path(noun)
        ada.post(every, json=example(f"sent_{noun.singular}"))
        ada.post(every, json=ogsm_objects.new_body(noun))
        answer, listed = ada.get(as_csv), ada.get(every).json()
        assert (answer.status_code, answer.headers["content-type"]) == (200, CSV_TYPE)
        assert answer.headers["content-disposition"] == f'attachment; filename="{noun.name}.csv"'
        rows = read_rows(answer.text)
        assert (len(rows), list(rows[0])) == (2, list(noun.schema.fields))
        assert rows == [{name: ogsm_csv.write_value(value) for name, value in one.items()} for one in listed]
    assert len(ALL_NOUNS) == 12


def test_a_goal_has_the_row_that_a_spreadsheet_shows(ada: httpx.Client) -> None:
    sent = {
        "title": '=Growth, in "%"',
        "labels": ["a", "b"],
        "description": "<p>Größe\n🐞</p>",
        "assignee": "@ada",
        "ogsm_canvases": [{"id": 7}, {"id": -8}],
        "objectives": [{"id": 3}],
        "parent": {"id": 2},
        "start_value": -0.5,
    }
    assert ada.post(GOALS, json=sent).status_code == 201
    content = ada.get(GOALS_CSV).content
    row = '1,"\'=Growth, in ""%""",a; b,"<p>Größe\n🐞</p>",,\'@ada,7; -8,,false,,,,3,2,-0.5\r\n'
    assert content == (HEADER + row).encode(), "It has no byte order mark."


def test_filters_sort_and_fields_are_those_of_json(ada: httpx.Client) -> None:
    create_goals(ada, "b", "a", "ab")
    assert ada.get(f"{GOALS_CSV}?q=a&sort=-title&fields=title,id").text == "id,title\r\n3,ab\r\n2,a\r\n"
    assert ada.get(f"{GOALS_CSV}?page=9").text == HEADER, "A page after the last one has no rows."
    assert ada.get(f"{GOALS_CSV}?fields=parent").text == 'parent\r\n""\r\n""\r\n""\r\n'
    assert_problem(ada.get(f"{GOALS_CSV}?titel=a"), 422, "titel")


@pytest.mark.parametrize(
    ("address", "headers", "pages"),
    [
        (f"{GOALS_CSV}?limit=2", {}, ["ab", "cd", "e"]),
        (f"{GOALS_CSV}?limit=3&sort=-title", {}, ["edc", "ba"]),
        ("/api/v2/goals?format=CSV&page=2&per_page=2", {}, ["cd", "e"]),
        (f"{GOALS}?per_page=3", {"Accept": "text/csv"}, ["abc", "de"]),
    ],
)
def test_pages_follow_one_another_in_csv(
    ada: httpx.Client, address: str, headers: dict[str, str], pages: list[str]
) -> None:
    create_goals(ada, *"abcde")
    seen = []
    while address:
        answer = ada.get(address, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, CSV_TYPE)
        seen.append("".join(row["title"] for row in read_rows(answer.text)))
        address, headers = answer.links.get("next", {}).get("url", ""), {}
    assert seen == pages


def test_a_list_that_is_too_long_stops_at_the_same_object_as_in_json(ada: httpx.Client, acme: Json) -> None:
    [goals] = [noun for noun in NOUNS if noun.name == "goals"]
    documents = [goals.defaults | {"id": number, "title": "x", "description": LARGE} for number in range(1, 9)]
    store_rows(goals.row.at(acme["account"]["id"], one["id"], doc=one) for one in documents)
    as_csv, as_json = ada.get(GOALS_CSV), ada.get(GOALS)
    assert len(to_json({"body": as_csv.text})) < MOST_BYTES
    shown = ids_of(as_csv)
    assert shown == [one["id"] for one in as_json.json()]
    rest = ids_of(ada.get(as_csv.links["next"]["url"]))
    assert (len(shown), shown + rest) == (7, list(range(1, 9)))


def test_csv_is_sent_to_clients_that_prefer_it_to_json(ada: httpx.Client) -> None:
    for accept, media_type in ACCEPTED:
        answer = ada.get(GOALS, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type), accept
        assert answer.headers["vary"] == "Accept, Accept-Encoding"


def test_the_format_in_the_address_counts_more_than_accept(ada: httpx.Client) -> None:
    assert ada.get(f"{GOALS}?format=json", headers={"Accept": "text/csv, */*;q=0.1"}).json() == []
    assert ada.get(f"{GOALS}?format=csv", headers={"Accept": "application/json, */*;q=0.1"}).text == HEADER
    assert ada.get(f"{GOALS_CSV}?format=csv", headers={"Accept": TYPICAL_OF_BROWSERS}).text == HEADER
    assert_problem(ada.get(f"{GOALS}?format=csv", headers={"Accept": "application/json"}), 406, "text/csv")
    assert_problem(ada.get(f"{GOALS}?format=xml"), 422, "json or csv")
    assert_problem(ada.get(f"{GOALS_CSV}?format=json"), 422, "csv")
    assert_problem(ada.get("/api/v2/goals/1.json?format=csv"), 422, "json")
    assert_problem(ada.get("/api/workspaces?format=csv"), 422, "json")


def test_errors_are_problem_documents(ada: httpx.Client, anybody: httpx.Client) -> None:
    only_csv = {"Accept": "text/csv"}
    assert_problem(ada.get(GOALS_CSV, headers={"Accept": "application/json"}), 406, "text/csv")
    assert_problem(ada.get(GOALS, headers={"Accept": "text/html"}), 406, "application/json or text/csv")
    assert_problem(ada.get(f"{GOALS_CSV}?limit=0", headers=only_csv), 422)
    assert_problem(ada.get("/api/v2/goals/1.json", headers=only_csv), 406, "application/json")
    assert_problem(ada.get("/api/v2/goals/1.csv"), 404)
    assert_problem(ada.post(GOALS, json={"title": "x"}, headers=only_csv), 406, "application/json")
    assert_problem(ada.post(GOALS_CSV, json={"title": "x"}), 405)
    assert anybody.get(GOALS_CSV).status_code == 401


def test_csv_has_a_tag_of_its_own_and_is_compressed(ada: httpx.Client) -> None:
    create_goals(ada, "ж" * 255, "x" * 255, "y" * 255)
    as_csv, as_json = ada.get(GOALS_CSV), ada.get(GOALS)
    tag = as_csv.headers["etag"]
    assert tag != as_json.headers["etag"]
    for address, headers in ((GOALS_CSV, {}), (GOALS, {"Accept": "text/csv"})):
        assert ada.get(address, headers={"If-None-Match": tag} | headers).status_code == 304
    assert ada.get(GOALS, headers={"If-None-Match": tag}).status_code == 200
    assert as_csv.headers["content-encoding"] == "gzip"
    plain = ada.get(GOALS_CSV, headers={"Accept-Encoding": "identity"})
    head = ada.head(GOALS_CSV, headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.text) == (False, as_csv.text)
    assert (head.content, int(head.headers["content-length"])) == (b"", len(plain.content))
    assert head.headers["content-type"] == CSV_TYPE
