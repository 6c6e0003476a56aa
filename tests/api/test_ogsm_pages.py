"""/ogsm without a browser: what the pages show of a plan, to whom, and that text stays text."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.clock import Clock

Json = dict[str, Any]

PLAIN = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def create(client: httpx.Client, noun: str, **fields: Any) -> int:
    answer = client.post(f"/api/v2/{noun}.json", json=fields)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def text_of(html: str) -> str:
    """Return the text of a page as one line, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ").split())


def labels_of_charts(html: str) -> list[str]:
    found = re.findall(r'role="img" aria-label="([^"]+)"', html)
    return [unescape(one).replace("\N{NO-BREAK SPACE}", " ") for one in found]


@pytest.fixture
def canvas(ada: httpx.Client, clock: Clock) -> int:
    """Create a canvas with an objective, a goal with measurements, a strategy, a KPI and two actions."""
    team = create(ada, "teams", name="Bikes")
    canvas_id = create(
        ada,
        "ogsm_canvases",
        name="Plan 2027",
        team={"id": team},
        status={"name": "active"},
        start="2027-01-01",
        due="2027-12-31",
    )
    on = {"ogsm_canvases": [{"id": canvas_id}]}
    owner = {"assignee": {"name": "Hanna Vos"}}
    objective = create(
        ada,
        "objectives",
        title="Be recommended",
        description="<p>By <b>families</b>.</p>",
        traffic_light="green",
        **on,
        **owner,
    )
    goal = create(
        ada,
        "goals",
        title="Promoter score",
        target_unit="points",
        chart_vertical_min=20,
        objectives=[{"id": objective}],
        **on,
    )
    for day, actual in (("2026-11-30", 37), ("2026-12-31", 57)):
        body = {"target": 60, "actual": actual, "traffic_light": "orange"}
        ada.put(f"/api/v2/goals/{goal}/measurements/{day}.json", json=body)
    strategy = create(
        ada, "strategies", title="First rides", objectives=[{"id": objective}], traffic_light="red", **on, **owner
    )
    below = {"strategies": [{"id": strategy}], **on}
    create(ada, "kpis", title="Test rides", chart_type="bar", **below)
    create(
        ada, "actions", title="Train dealers", due="2027-01-29", progress=40, status={"name": "doing"}, **below, **owner
    )
    create(ada, "actions", title="Open a track", start="2027-01-29", involved=[{"name": "Mia"}], **below)
    return canvas_id


def test_the_page_shows_everything_on_the_canvas(ada: httpx.Client, canvas: int) -> None:
    answer = ada.get(f"/ogsm/{canvas}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == PLAIN
    text = text_of(answer.text)
    for part in (
        "Plan 2027 active Bikes 1 Jan 2027 to 31 Dec 2027",
        "1 on track 1 at risk 1 off track",
        "Objective Be recommended By families . On track Hanna Vos",
        "Promoter score At risk 57 points Target 60",
        "Nov 2026 Dec 2026",
        "First rides Hanna Vos Off track",
        "Test rides Not measured yet",
        "Train dealers Hanna Vos Doing 40% due 29 Jan 2027 overdue",
        "Open a track with Mia To do late to start",
        "As of 30 Jan 2027",
    ):
        assert part in text
    assert '<link rel="stylesheet" href="/assets/app/ogsm.css?v=' in answer.text


def test_a_chart_has_a_name_and_says_what_it_shows(ada: httpx.Client, canvas: int) -> None:
    [label] = labels_of_charts(ada.get(f"/ogsm/{canvas}").text)
    assert label == (
        "Promoter score. Line chart. From 37 points in Nov 2026 to 57 points in Dec 2026. "
        "The newest target is 60 points."
    )


def test_the_chart_of_a_goal_with_parts_shows_their_total(ada: httpx.Client) -> None:
    canvas_id = create(ada, "ogsm_canvases", name="Total")
    whole = create(ada, "goals", title="Revenue", ogsm_canvases=[{"id": canvas_id}], aggregation_method="sum")
    for actual in (300, 200):
        part = create(ada, "goals", title="A region", parent={"id": whole})
        ada.put(f"/api/v2/goals/{part}/measurements/2026-12-31.json", json={"actual": actual})
    [label] = labels_of_charts(ada.get(f"/ogsm/{canvas_id}").text)
    assert label == "Revenue. Line chart. 500 in Dec 2026."


def test_the_list_shows_the_canvases_with_their_lights(ada: httpx.Client, canvas: int) -> None:
    create(ada, "ogsm_canvases", name="A draft")
    create(ada, "ogsm_canvases", name="An old plan", archived=True, status={"name": "active"})
    answer = ada.get("/ogsm")
    assert answer.headers["content-security-policy"] == PLAIN
    text = text_of(answer.text)
    names = ["Plan 2027", "A draft", "An old plan"]
    assert sorted(names, key=text.index) == names, "active ones come first, archived ones last"
    assert "1 on track 1 at risk 1 off track 1 objective, 1 goal, 1 strategy, 1 KPI, 2 actions" in text
    assert "0 on track 0 at risk 0 off track 0 objectives" in text
    assert f'href="/ogsm/{canvas}"' in answer.text


def test_items_below_a_strategy_count_where_the_strategy_is(ada: httpx.Client, canvas: int) -> None:
    [strategy] = ada.get("/api/v2/strategies.json").json()
    create(ada, "actions", title="Call owners", strategies=[{"id": strategy["id"]}], traffic_light="green")
    create(ada, "actions", title="Gone", strategies=[{"id": strategy["id"]}], archived=True)
    assert "Call owners" in ada.get(f"/ogsm/{canvas}").text
    assert "Gone" not in ada.get(f"/ogsm/{canvas}").text
    assert "2 on track 1 at risk 1 off track 1 objective, 1 goal, 1 strategy, 1 KPI, 3 actions" in text_of(
        ada.get("/ogsm").text
    )


def test_items_below_an_archived_strategy_count_where_the_page_shows_them(ada: httpx.Client) -> None:
    canvas_id = create(ada, "ogsm_canvases", name="Plan")
    on = {"ogsm_canvases": [{"id": canvas_id}]}
    strategy = {"strategies": [{"id": create(ada, "strategies", title="Given up", archived=True, **on)}]}
    create(ada, "actions", title="Nowhere", traffic_light="red", **strategy)
    create(ada, "kpis", title="Nowhere either", traffic_light="red", **strategy)
    create(ada, "actions", title="Still here", traffic_light="green", **strategy, **on)
    page = text_of(ada.get(f"/ogsm/{canvas_id}").text)
    assert "Still here" in page
    assert "Nowhere" not in page
    counts = "1 on track 0 at risk 0 off track"
    assert counts in page
    assert f"{counts} 0 objectives, 0 goals, 0 strategies, 0 KPIs, 1 action" in text_of(ada.get("/ogsm").text)


@pytest.mark.parametrize(("status", "notice"), [("icebox", "late to start"), ("to do", "late to start"), ("doing", "")])
def test_the_page_and_the_review_name_the_same_actions_as_late_to_start(
    ada: httpx.Client, clock: Clock, status: str, notice: str
) -> None:
    canvas_id = create(ada, "ogsm_canvases", name="Plan")
    new = {"title": "Open a track", "start": "2027-01-29", "status": {"name": status}}
    action = create(ada, "actions", ogsm_canvases=[{"id": canvas_id}], **new)
    review = ada.get(f"/api/v2/ogsm_canvases/{canvas_id}/review.json").json()
    assert [one["id"] for one in review["actions"]["late_to_start"]] == ([action] if notice else [])
    text = text_of(ada.get(f"/ogsm/{canvas_id}").text)
    assert f"Open a track {status.capitalize()} {notice}".strip() in text
    assert ("late to start" in text) is bool(notice)


@pytest.mark.parametrize(
    ("due", "status", "is_overdue"),
    [
        ("2027-01-29", "doing", True),
        ("2027-01-29", "icebox", True),
        ("2027-01-29", "done", False),
        ("2027-01-30", "doing", False),
    ],
)
def test_the_page_shows_the_actions_as_overdue_that_the_filter_finds(
    ada: httpx.Client, clock: Clock, due: str, status: str, is_overdue: bool
) -> None:
    canvas_id = create(ada, "ogsm_canvases", name="Plan")
    create(ada, "actions", title="Train", due=due, status={"name": status}, ogsm_canvases=[{"id": canvas_id}])
    assert len(ada.get("/api/v2/actions.json", params={"overdue": "true"}).json()) == is_overdue
    assert ("overdue" in text_of(ada.get(f"/ogsm/{canvas_id}").text)) is is_overdue


def test_goals_kpis_and_actions_without_a_place_are_shown_as_well(ada: httpx.Client) -> None:
    canvas_id = create(ada, "ogsm_canvases", name="Loose")
    on = {"ogsm_canvases": [{"id": canvas_id}]}
    create(ada, "goals", title="A goal alone", objectives=[{"id": 999}], **on)
    create(ada, "actions", title="An action alone", strategies=[{"id": 999}], **on)
    text = text_of(ada.get(f"/ogsm/{canvas_id}").text)
    assert "Goals A goal alone No light Not measured yet." in text
    assert "Without a strategy" in text
    assert "An action alone" in text


def test_empty_pages_say_what_to_do(ada: httpx.Client) -> None:
    assert "There are no canvases yet." in text_of(ada.get("/ogsm").text)
    canvas_id = create(ada, "ogsm_canvases", name="Empty", team={"id": 999})
    assert "This canvas is empty." in text_of(ada.get(f"/ogsm/{canvas_id}").text)


def test_text_of_clients_stays_text(ada: httpx.Client) -> None:
    canvas_id = create(ada, "ogsm_canvases", name=HOSTILE, team={"id": create(ada, "teams", name=HOSTILE)})
    common: Json = {"title": HOSTILE, "assignee": {"name": HOSTILE}, "ogsm_canvases": [{"id": canvas_id}]}
    objective = create(ada, "objectives", description=f"<img src=x onerror=alert(1)>{HOSTILE}<b>bold", **common)
    measured = {"target_unit": HOSTILE, **common}
    goal = create(ada, "goals", objectives=[{"id": objective}], **measured)
    ada.put(
        f"/api/v2/goals/{goal}/measurements/2026-01-01.json", json={"actual": 1, "target": 2, "description": HOSTILE}
    )
    create(ada, "kpis", **measured)
    strategy = create(ada, "strategies", **common)
    create(ada, "actions", strategies=[{"id": strategy}], involved=[{"name": HOSTILE}], **common)
    for page in (ada.get("/ogsm").text, ada.get(f"/ogsm/{canvas_id}").text):
        assert ESCAPED in page
        assert "<script" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" in page
    assert "bold" in page


def test_a_canvas_that_does_not_exist_is_a_page_for_an_error(
    ada: httpx.Client, stranger: httpx.Client, canvas: int
) -> None:
    browser = {"Accept": "text/html,*/*;q=0.8"}
    for client, path in ((ada, "/ogsm/999"), (ada, "/ogsm/x"), (stranger, f"/ogsm/{canvas}")):
        answer = client.get(path, headers=browser)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "Be recommended" not in answer.text


def test_who_may_read_sees_the_pages_and_others_have_to_sign_in(
    reader: httpx.Client, mia: httpx.Client, anybody: httpx.Client, ada: httpx.Client, canvas: int
) -> None:
    for path in ("/ogsm", f"/ogsm/{canvas}"):
        assert [client.get(path).status_code for client in (reader, mia)] == [200, 200]
        refused = anybody.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic realm=")
        assert ada.post(path).status_code == 405


def test_the_pages_are_linked_from_the_navigation(ada: httpx.Client, canvas: int) -> None:
    assert '<a href="/ogsm">OGSM</a>' in ada.get("/settings/api").text
    assert '<a href="/ogsm" aria-current="page">OGSM</a>' in ada.get("/ogsm").text
    assert '<a href="/ogsm" class="current">OGSM</a>' in ada.get(f"/ogsm/{canvas}").text
