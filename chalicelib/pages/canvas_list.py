"""Build the cards of the page that lists the OGSM canvases."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.ogsm.canvas_items import ITEM_NOUNS
from chalicelib.domain.ogsm.canvas_overview import CanvasOverview
from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.json_text import JsonObject
from chalicelib.pages.figures import NO_BREAK, format_day
from chalicelib.schemas.ogsm_objects import TRAFFIC_LIGHTS

STATUSES = ("active", "draft", "inactive")  # in the order in which they are shown


class Heading(NamedTuple):
    """The name of a canvas, and the line below it."""

    name: str
    team: str
    status: str
    period: str
    is_archived: bool


class Share(NamedTuple):
    """The share of the items with a traffic light, in percent of those that have one, and where it begins."""

    light: str
    items: int
    start: float
    width: float


@dataclass(frozen=True)
class CanvasCard:
    """A canvas in the list."""

    id: int
    heading: Heading
    contents: str
    shares: Sequence[Share]


def build_list(overviews: Iterable[CanvasOverview]) -> list[CanvasCard]:
    """Return the cards of canvases: active ones first, archived ones last, and by name."""
    cards = [_build_card(one) for one in overviews]
    return sorted(cards, key=_position)


def _position(card: CanvasCard) -> tuple[bool, int, str, int]:
    heading = card.heading
    return heading.is_archived, STATUSES.index(heading.status), heading.name.casefold(), card.id


def _build_card(overview: CanvasOverview) -> CanvasCard:
    return CanvasCard(
        id=overview.canvas["id"],
        heading=describe_canvas(overview.canvas, overview.team),
        contents=", ".join(_count(overview.items[noun.name], noun) for noun in ITEM_NOUNS),
        shares=find_shares(overview.lights),
    )


def _count(number: int, noun: OgsmNoun) -> str:
    return f"{number}{NO_BREAK}{words(noun.singular if number == 1 else noun.name)}"


def describe_canvas(canvas: JsonObject, team: JsonObject | None) -> Heading:
    """Return the heading of a canvas. `team` is its team if that exists."""
    return Heading(
        name=canvas["name"],
        team=team["name"] if team else "",
        status=canvas["status"]["name"],
        period=_period(canvas["start"], canvas["due"]),
        is_archived=canvas["archived"],
    )


def _period(start: str | None, due: str | None) -> str:
    if start and due:
        return f"{format_day(start)} to {format_day(due)}"
    if start:
        return f"from {format_day(start)}"
    return f"until {format_day(due)}" if due else ""


def find_shares(lights: Counter[str | None]) -> list[Share]:
    """Return the share of each traffic light, green first. They add up to 100 if any item has a light."""
    total = sum(lights[light] for light in TRAFFIC_LIGHTS)
    shares: list[Share] = []
    start = 0.0
    for light in TRAFFIC_LIGHTS:
        width = 100 * lights[light] / total if total else 0.0
        shares.append(Share(light, lights[light], round(start, 2), round(width, 2)))
        start += width
    return shares
