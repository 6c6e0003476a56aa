"""The results: medians, ratios of samples that were taken in the same round, and what is promised of them."""

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import cold
from bench.variants import COMPARED, FASTAPI, HERE, INSTALLED, OURS, PIP, POWERTOOLS, RAW, Variant

Json = dict[str, Any]
Samples = Mapping[str, Mapping[str, list[float]]]

FILE = HERE / "results/compare.json"
SMALL = ("create", "patch", "workspace")
PROMISES: dict[tuple[str, str], float] = {  # measure and the peer it is held against: at most that ratio
    ("list of 100", RAW): 0.15,
    ("list of 100", FASTAPI): 0.12,
    **{(call, RAW): 0.85 for call in SMALL},
    **{(call, FASTAPI): 0.55 for call in SMALL},
    ("cold start", RAW): 0.35,
    ("cold start", POWERTOOLS): 0.25,
    ("cold start", FASTAPI): 0.15,
}
GROWTH = ("list of 1,000", "list of 100", 12)  # the one at most so many times the other
MEMORY = 40  # MB after the first answer, at most
NAMED = ("aws_lambda_powertools", "boto3", "botocore", "fastapi", "mangum", "pydantic", "urllib3")


def results(packages: Mapping[str, Variant], checked: int, warm: Samples, started: Samples) -> Json:
    """Everything that was measured, and on what."""
    zips = {name: {"zip_mb": round(variant.zip_mb, 2)} for name, variant in packages.items()}
    ratios = {"warm": _ratios(warm), "cold": _ratios(started)}
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} x {_processor()}",
        "python": platform.python_version(),
        "packages": versions(),
        "equal answers": checked,
        "rounds": len(warm[OURS][GROWTH[0]]),
        "medians": {
            "warm": _medians(warm),
            "cold": {name: zips[name] | one for name, one in _medians(started).items()},
        },
        "ratios": ratios,
        "promises": _promises(warm, started),
        "samples": {"warm": warm, "cold": started},
    }


def versions() -> dict[str, str]:
    """The versions of what the variants are made of: as the service requires them and as the peers have them."""
    lines = (HERE.parent / "requirements.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    found = {name: pins[name] for name in ("pynamodb", "voluptuous")} | {
        "chalice": importlib.metadata.version("chalice")
    }
    installed = importlib.metadata.distributions(path=[str(INSTALLED / peer) for peer in PIP.values()])
    names = {one.name.replace("-", "_"): one.version for one in installed}
    return dict(sorted((found | {name: names[name] for name in NAMED}).items()))


def write(results: Json) -> None:
    """Keeps the results beside those of other runs."""
    FILE.write_text(json.dumps(results, indent=1) + "\n")
    FILE.with_suffix(".md").write_text(table(results))


def table(results: Json) -> str:
    """The results as Markdown."""
    used = ", ".join(f"{name} {version}" for name, version in results["packages"].items())
    return "\n".join(
        [
            "# Side by side\n",
            f"`make bench`, {results['date']}. {results['machine']}. Python {results['python']}, {used}.",
            f"{results['equal answers']} answers of each variant were equal before anything was timed. Medians of",
            f"{results['rounds']} interleaved rounds; in brackets the ratio to {RAW}, paired by round.\n",
            "## CPU of a request, ms\n",
            *_rows(results, "warm", {call: call for call in results["medians"]["warm"][OURS]}),
            "\nThe service carries Server-Timing, an access log and more checks besides; the peers do not.\n",
            "## Cold start\n",
            *_rows(results, "cold", {"zip_mb": "zip, MB"} | cold.MEASURES),
            "\nA list of one action over TLS, from the package as its tool makes it. Each variant reads the",
            "certificate authorities that come with its package and one more, the stand-in's for DynamoDB.\n",
            "## What is promised\n",
            "| | at most | is | |",
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


def _promises(warm: Samples, started: Samples) -> list[Json]:
    both = {name: {**warm[name], "cold start": started[name]["cpu_ms"]} for name in COMPARED}
    made = [
        _promise(f"{call}, to {peer}", most, _ratio(both[OURS][call], both[peer][call]))
        for (call, peer), most in PROMISES.items()
    ]
    larger, smaller, most = GROWTH
    made.append(_promise(f"{larger}, to {smaller}", most, _ratio(warm[OURS][larger], warm[OURS][smaller])))
    return [*made, _promise("memory after the first answer, MB", MEMORY, median(started[OURS]["rss_mb"]))]


def _promise(what: str, most: float, found: float) -> Json:
    return {"what": what, "most": most, "is": found, "holds": found <= most}


def _verdict(promise: Json) -> str:
    return "holds" if promise["holds"] else "**missed**"


def _medians(samples: Samples) -> dict[str, dict[str, float]]:
    return {name: {measure: median(values) for measure, values in one.items()} for name, one in samples.items()}


def _ratios(samples: Samples) -> dict[str, dict[str, float]]:
    base = samples[RAW]
    return {
        name: {measure: _ratio(values, base[measure]) for measure, values in one.items()}
        for name, one in samples.items()
    }


def _ratio(mine: list[float], base: list[float]) -> float:
    return round(median(one / other for one, other in zip(mine, base, strict=True)), 3)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
