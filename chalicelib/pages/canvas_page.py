"""Build the page of an OGSM canvas: turn its plan into the texts, numbers and charts of the template."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser

from chalicelib.domain.ogsm.actions import DONE, is_late_to_start, is_overdue
from chalicelib.domain.ogsm.canvas_items import GOALS, KPIS
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.plan import Plan
from chalicelib.json_text import JsonObject
from chalicelib.pages.canvas_list import Heading, Share, describe_canvas, find_shares
from chalicelib.pages.charts import Chart, Point, draw_chart
from chalicelib.pages.figures import format_day, format_month, format_number, format_quantity

NOT_SHOWN = ("script", "style")


@dataclass(frozen=True)
class MeasuredView:
    """A goal or KPI: its newest values, and its chart with a sentence that says the same."""

    title: str
    light: str | None
    owner: str
    actual: str
    unit: str
    target: str
    chart: Chart | None
    sentence: str
    top: str
    bottom: str
    first_month: str
    last_month: str


@dataclass(frozen=True)
class ActionView:
    """An action. `notice` says what is wrong with its days."""

    title: str
    light: str | None
    owner: str
    others: str
    status: str
    is_done: bool
    progress: int
    due: str
    due_text: str
    notice: str


@dataclass(frozen=True)
class StrategyView:
    """A strategy with its KPIs and actions. `serves` are the numbers of its objectives on the canvas."""

    title: str
    light: str | None
    owner: str
    serves: Sequence[int]
    kpis: Sequence[MeasuredView]
    actions: Sequence[ActionView]


@dataclass(frozen=True)
class ObjectiveView:
    """An objective with the goals that measure it. Goals of no objective are with one that has no title."""

    title: str
    light: str | None
    owner: str
    description: str
    goals: Sequence[MeasuredView]


@dataclass(frozen=True)
class CanvasView:
    """A canvas with everything on it, and the shares of its items with each traffic light, as of a day."""

    id: int
    heading: Heading
    shares: Sequence[Share]
    objectives: Sequence[ObjectiveView]
    strategies: Sequence[StrategyView]
    day: str
    day_text: str

    @property
    def has_numbers(self) -> bool:
        """Whether the objectives are numbered. A single one is not."""
        return sum(bool(one.title) for one in self.objectives) > 1


class CanvasPage:
    """Builds the view of a plan, as of a day."""

    def __init__(self, plan: Plan, team: JsonObject | None, today: str) -> None:
        self._plan = plan
        self._team = team
        self._today = today

    def build(self) -> CanvasView:
        """Return what the page shows."""
        plan = self._plan
        numbers = {objective["id"]: number for number, objective in enumerate(plan.objectives, 1)}
        strategies = [self._strategy(one.document, one.kpis, one.actions, numbers) for one in plan.strategies]
        if plan.kpis or plan.actions:
            strategies.append(self._strategy({}, plan.kpis, plan.actions, numbers))
        return CanvasView(
            id=plan.canvas["id"],
            heading=describe_canvas(plan.canvas, self._team),
            shares=find_shares(count_lights(plan)),
            objectives=self._objectives(),
            strategies=strategies,
            day=self._today,
            day_text=format_day(self._today),
        )

    def _objectives(self) -> list[ObjectiveView]:
        """Return the objectives, each with the goals of which it is the first objective."""
        goals: dict[int | None, list[MeasuredView]] = {None: []}
        goals |= {one["id"]: [] for one in self._plan.objectives}
        for goal in self._plan.goals:
            own = next((one["id"] for one in goal["objectives"] if one["id"] in goals), None)
            goals[own].append(self._measured(GOALS, goal))
        objectives = [*self._plan.objectives, *([{}] if goals[None] else [])]
        return [
            ObjectiveView(
                title=one.get("title", ""),
                light=one.get("traffic_light"),
                owner=name_of(one.get("assignee")),
                description=to_plain_text(one.get("description") or ""),
                goals=goals[one.get("id")],
            )
            for one in objectives
        ]

    def _strategy(
        self, strategy: JsonObject, kpis: Iterable[JsonObject], actions: Iterable[JsonObject], numbers: dict[int, int]
    ) -> StrategyView:
        """Return a strategy. An empty one has the KPIs and actions of no strategy."""
        return StrategyView(
            title=strategy.get("title", ""),
            light=strategy.get("traffic_light"),
            owner=name_of(strategy.get("assignee")),
            serves=sorted({numbers[one["id"]] for one in strategy.get("objectives", ()) if one["id"] in numbers}),
            kpis=[self._measured(KPIS, kpi) for kpi in kpis],
            actions=[view_action(action) for action in actions],
        )

    def _measured(self, noun: OgsmNoun, item: JsonObject) -> MeasuredView:
        points = self._points(noun, item["id"])
        is_bar = item["chart_type"] == "bar"
        chart = draw_chart(points, is_bar=is_bar, minimum=item["chart_vertical_min"])
        actuals = [point.actual for point in points if point.actual is not None]
        targets = [point.target for point in points if point.target is not None]
        unit = item["target_unit"]
        return MeasuredView(
            title=item["title"],
            light=item["traffic_light"],
            owner=name_of(item["assignee"]),
            actual=format_number(actuals[-1]) if actuals else "",
            unit=unit or "",
            target=format_quantity(targets[-1], unit if unit == "%" else None) if targets else "",
            chart=chart,
            sentence=describe(points, unit, is_bar=is_bar),
            top=format_number(chart.top) if chart else "",
            bottom=format_number(chart.bottom) if chart else "",
            first_month=format_month(chart.first_day) if chart else "",
            last_month=format_month(chart.last_day) if chart else "",
        )

    def _points(self, noun: OgsmNoun, item_id: int) -> list[Point]:
        points = self._plan.rollups[noun].series_of(item_id).points
        return [Point(day, to_float(values.target), to_float(values.actual)) for day, values in points.items()]


def view_action(action: JsonObject) -> ActionView:
    """Return what the page shows of an action."""
    status, due = action["status"]["name"], action["due"]
    is_done = status == DONE
    return ActionView(
        title=action["title"],
        light=action["traffic_light"],
        owner=name_of(action["assignee"]),
        others=", ".join(one["name"] for one in action["involved"]),
        status=status.capitalize(),
        is_done=is_done,
        progress=100 if is_done else action["progress"],
        due=due or "",
        due_text=format_day(due) if due else "",
        notice="overdue" if is_overdue(action) else "late to start" if is_late_to_start(action) else "",
    )


def count_lights(plan: Plan) -> Counter[str | None]:
    """Return how many items on a canvas have each traffic light. An item below two strategies counts once."""
    below = [item for one in plan.strategies for item in (*one.kpis, *one.actions)]
    strategies = [one.document for one in plan.strategies]
    items = [*plan.objectives, *plan.goals, *strategies, *below, *plan.kpis, *plan.actions]
    return Counter(item["traffic_light"] for item in {id(item): item for item in items}.values())


def describe(points: Sequence[Point], unit: str | None, *, is_bar: bool) -> str:
    """Return a sentence that says what a chart shows."""
    actuals = [(point.day, point.actual) for point in points if point.actual is not None]
    targets = [point.target for point in points if point.target is not None]
    parts = ["Bar chart." if is_bar else "Line chart."]
    if actuals:
        (first_day, first), (last_day, last) = actuals[0], actuals[-1]
        start = f"{format_quantity(first, unit)} in {format_month(first_day)}"
        end = f"{format_quantity(last, unit)} in {format_month(last_day)}"
        parts.append(f"From {start} to {end}." if len(actuals) > 1 else f"{end}.")
    if targets:
        parts.append(f"The newest target is {format_quantity(targets[-1], unit)}.")
    return " ".join(parts)


def to_float(value: Decimal | None) -> float | None:
    """Return a value as a number to draw."""
    return None if value is None else float(value)


def name_of(person: JsonObject | None) -> str:
    """Return the name of an assignee, or nothing."""
    return str(person["name"]) if person else ""


def to_plain_text(html: str) -> str:
    """Return the text of a description without its tags. Clients send HTML, which a page must not contain."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _TextReader(HTMLParser):
    """Collects the text of a piece of HTML. A tag separates words, as a paragraph or a line break does."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in NOT_SHOWN
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in NOT_SHOWN))
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
