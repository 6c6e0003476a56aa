"""`python -m bench.chart`: draw the results of bench.cost as bench/results/cost.svg, which docs/deploying.md shows."""

import json
import re
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style

RESULTS = Path(__file__).parent / "results"
TITLE = "US dollars per million calls, DynamoDB alone"
X_TITLE = "objects of each kind in the account"
LINES = {  # names of results: labels in the picture
    "POST /api/workspaces/{workspace_id}/items": "a new item",
    "POST /api/v2/actions.json": "a new action",
    "PATCH /api/v2/actions/{action_id}": "a changed action",
    "GET /api/workspaces/{workspace_id}/inbox": "an inbox",
    "GET /api/v2/actions/{action_id}": "one action",
}
LISTS = {"GET /api/v2/actions.json": "the list of all actions"}  # costs more when it is longer

# Comments hold today's date; scripts are for tooltips, which a picture in a page never shows.
REMOVED = re.compile(r"<!--.*?-->|<script.*?</script>", re.DOTALL)

# Grey and medium colours are readable on white and on black.
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#808080",
    foreground_strong="#808080",
    foreground_subtle="#80808060",
    guide_stroke_color="#80808060",
    major_guide_stroke_color="#80808060",
    colors=("#d9480f", "#2f9e44", "#1c7ed6", "#9c36b5", "#c2255c", "#808080"),
    font_family="system-ui, sans-serif",
    label_font_size=14,
    major_label_font_size=14,
    legend_font_size=14,
    title_font_size=16,
)


OPTIONS: dict[str, Any] = {
    "style": STYLE,
    "width": 800,
    "height": 420,
    "logarithmic": True,
    "y_labels": [0.1, 1, 10, 100],
    "range": (0.05, 200),
    "stroke_style": {"width": 3},
    "truncate_legend": -1,
    "legend_at_bottom": True,
    "legend_at_bottom_columns": 3,
    "js": (),
}


def main() -> None:
    """Draw the picture again."""
    (RESULTS / "cost.svg").write_text(draw(json.loads((RESULTS / "cost.json").read_text())))


def draw(results: dict[str, Any]) -> str:
    """Return the picture of some results as SVG."""
    sizes = [f"{size:,}" for size in results["sizes"]]
    chart = pygal.Line(title=TITLE, x_title=X_TITLE, x_labels=sizes, **OPTIONS)
    chart.uuid = "cost"  # otherwise it would be random
    for series, lines in (("listed", LISTS), ("beside", LINES)):
        for case, name in lines.items():
            chart.add(name, [row["usd"] for row in results[series][case]])
    text: str = chart.render(is_unicode=True, disable_xml_declaration=True)
    return REMOVED.sub("", text) + "\n"


if __name__ == "__main__":
    main()
