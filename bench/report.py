"""The numbers: medians, ratios of samples that were taken in the same round, and what is promised of them."""

import importlib.metadata
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.variants import COMPARED, FASTAPI, HERE, INSTALLED, OURS, PIP, POWERTOOLS, RAW, Variant

Json = dict[str, Any]
Samples = Mapping[str, Mapping[str, list[float]]]

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
SHOWN = {"CPU": "cpu_ms", "memory": "rss_mb"}
NAMED = ("apig_wsgi", "aws_lambda_powertools", "boto3", "botocore", "fastapi", "flask", "mangum", "pydantic", "urllib3")


def results(packages: Mapping[str, Variant], checked: int, warm: Samples, started: Samples) -> Json:
    """Everything that was measured, and on what."""
    zips = {name: {"zip_mb": round(variant.zip_mb, 2)} for name, variant in packages.items()}
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
        "ratios": {"warm": _ratios(warm), "cold": _ratios(started)},
        "ours": {peer: _beside(peer, warm, started) for peer in COMPARED if peer != OURS},
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
    names = {one.name.lower().replace("-", "_"): one.version for one in installed}
    return dict(sorted((found | {name: names[name] for name in NAMED}).items()))


def _beside(peer: str, warm: Samples, started: Samples) -> dict[str, float]:
    """What the service takes in comparison with a peer."""
    calls = {call: _ratio(mine, warm[peer][call]) for call, mine in warm[OURS].items()}
    begun = {f"cold start, {name}": _ratio(started[OURS][key], started[peer][key]) for name, key in SHOWN.items()}
    return calls | begun


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
