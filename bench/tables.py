"""Write the results as a Markdown page, and as a table in docs/performance.md."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bench import cold
from bench.variants import HERE, OURS, RAW

Json = dict[str, Any]

FILE = HERE / "results/compare.json"
PAGE = HERE.parent / "docs/performance.md"
MARKED = re.compile(r"(<!-- ratios: .*? -->\n).*?(<!-- end of ratios -->)", re.DOTALL)


def write(results: Json) -> None:
    """Write the results as JSON and as Markdown, and update the table of ratios in docs/performance.md."""
    FILE.write_text(json.dumps(results, indent=1) + "\n")
    FILE.with_suffix(".md").write_text(table(results))
    PAGE.write_text(update_page(PAGE.read_text(), results))


def table(results: Json) -> str:
    """Return the results as Markdown."""
    used = ", ".join(f"{name} {version}" for name, version in results["packages"].items())
    return "\n".join(
        [
            "# Side by side\n",
            f"`make bench`, {results['date']}. {results['machine']}. Python {results['python']}, {used}.",
            f"{results['equal answers']} responses of each variant were equal before anything was timed. Below are",
            f"medians of {results['rounds']} interleaved rounds; in brackets the ratio to {RAW}, paired by round.\n",
            "## CPU of a request, ms\n",
            *_rows(results, "warm", {call: call for call in results["medians"]["warm"][OURS]}),
            "\nThe service also sends Server-Timing, writes an access log and makes more checks; the peers do not.\n",
            "## Cold start\n",
            *_rows(results, "cold", {"zip_mb": "zip, MB"} | cold.MEASURES),
            "\nA list of one action over TLS, from the package as its tool builds it. Each variant reads the",
            "certificate authorities in its package, and one more for the process that replays DynamoDB.\n",
            "## Targets\n",
            "| | at most | result | |",
            "|---|---:|---:|---|",
            *(f"| {one['what']} | {one['most']} | {one['is']} | {_verdict(one)} |" for one in results["promises"]),
            "",
        ]
    )


def _rows(results: Json, part: str, titles: Mapping[str, str]) -> list[str]:
    medians, ratios = results["medians"][part], results["ratios"][part]
    names = list(medians)
    rows = [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    for measure, title in titles.items():
        cells = (_cell(medians[name][measure], ratios[name].get(measure)) for name in names)
        rows.append(f"| {title} | {' | '.join(cells)} |")
    return rows


def _cell(value: float, ratio: float | None) -> str:
    shown = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return shown if ratio is None else f"{shown} ({ratio:.2f})"


def update_page(page: str, results: Json) -> str:
    """Return a page with its table of ratios replaced by that of these results."""
    return MARKED.sub(lambda match: f"{match[1]}{_ratios(results)}{match[2]}", page)


def _ratios(results: Json) -> str:
    peers = results["ours"]
    rows = [f"| this service, to | {' | '.join(peers)} |", f"|---|{'---:|' * len(peers)}"]
    for measure in peers[RAW]:
        rows.append(f"| {measure} | {' | '.join(f'{ratios[measure]:.2f}' for ratios in peers.values())} |")
    return "\n".join([*rows, ""])


def _verdict(target: Json) -> str:
    return "reached" if target["holds"] else "**missed**"
