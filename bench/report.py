"""Calculate the results: medians, ratios of samples of the same round, and whether they reach the targets."""

import importlib.metadata
from collections.abc import Mapping
from statistics import median
from typing import Any

from bench import machine
from bench.variants import COMPARED, FASTAPI, HERE, INSTALLED, OURS, PIP, POWERTOOLS, RAW, Variant
from infra.pins import read_versions

Json = dict[str, Any]
Samples = Mapping[str, Mapping[str, list[float]]]

SMALL_CALLS = ("create", "patch", "workspace")
RATIO_TARGETS: dict[tuple[str, str], float] = {  # the measure and the peer: the largest ratio to aim at
    ("list of 100", RAW): 0.15,
    ("list of 100", FASTAPI): 0.14,
    **{(call, RAW): 0.85 for call in SMALL_CALLS},
    **{(call, FASTAPI): 0.60 for call in SMALL_CALLS},
    ("cold start", RAW): 0.40,
    ("cold start", POWERTOOLS): 0.28,
    ("cold start", FASTAPI): 0.20,
}
GROWTH_TARGET = ("list of 1,000", "list of 100", 12)  # the first takes at most so many times the second
MEMORY_TARGET = 42  # MB after the first response
ZIP_TARGET = 3  # MB
COLD_MEASURES = {"CPU": "cpu_ms", "memory": "rss_mb"}
NAMED = ("apig_wsgi", "aws_lambda_powertools", "boto3", "botocore", "fastapi", "flask", "mangum", "pydantic", "urllib3")


def results(packages: Mapping[str, Variant], checked: int, warm: Samples, cold: Samples) -> Json:
    """Return all results, and the machine and versions with which they were measured."""
    zips = {name: {"zip_mb": round(variant.zip_mb, 2)} for name, variant in packages.items()}
    return machine.describe(versions()) | {
        "equal answers": checked,
        "rounds": len(warm[OURS][GROWTH_TARGET[0]]),
        "medians": {
            "warm": _medians(warm),
            "cold": {name: zips[name] | medians for name, medians in _medians(cold).items()},
        },
        "ratios": {"warm": _ratios(warm), "cold": _ratios(cold)},
        "ours": {peer: _ratios_to(peer, warm, cold) for peer in COMPARED if peer != OURS},
        "promises": check_targets(warm, cold, zips[OURS]["zip_mb"]),
        "samples": {"warm": warm, "cold": cold},
    }


def versions() -> dict[str, str]:
    """Return the versions of the packages in the variants: those that the service requires, and those of the peers."""
    pins = read_versions(HERE.parent / "requirements.txt")
    ours = {name: pins[name] for name in ("pynamodb", "voluptuous")} | machine.installed_versions("chalice")
    installed = importlib.metadata.distributions(path=[str(INSTALLED / peer) for peer in PIP.values()])
    theirs = {one.name.lower().replace("-", "_"): one.version for one in installed}
    return dict(sorted((ours | {name: theirs[name] for name in NAMED}).items()))


def check_targets(warm: Samples, cold: Samples, zip_mb: float) -> list[Json]:
    """Return every target, the result, and whether it reaches the target."""
    samples = {name: {**warm[name], "cold start": cold[name]["cpu_ms"]} for name in COMPARED}
    checked = []
    for (call, peer), target in RATIO_TARGETS.items():
        ratio = _ratio(samples[OURS][call], samples[peer][call])
        checked.append(_check_target(f"{call}, to {peer}", target, ratio))
    larger, smaller, target = GROWTH_TARGET
    growth = _ratio(warm[OURS][larger], warm[OURS][smaller])
    return [
        *checked,
        _check_target(f"{larger}, to {smaller}", target, growth),
        _check_target("memory after the first response, MB", MEMORY_TARGET, median(cold[OURS]["rss_mb"])),
        _check_target("zip, MB", ZIP_TARGET, zip_mb),
    ]


def _check_target(measure: str, target: float, result: float) -> Json:
    return {"what": measure, "most": target, "is": result, "holds": result <= target}


def _ratios_to(peer: str, warm: Samples, cold: Samples) -> dict[str, float]:
    """Return the ratios of the service to a peer."""
    calls = {call: _ratio(ours, warm[peer][call]) for call, ours in warm[OURS].items()}
    starts = {
        f"cold start, {name}": _ratio(cold[OURS][measure], cold[peer][measure])
        for name, measure in COLD_MEASURES.items()
    }
    return calls | starts


def _medians(samples: Samples) -> dict[str, dict[str, float]]:
    return {name: {measure: median(values) for measure, values in one.items()} for name, one in samples.items()}


def _ratios(samples: Samples) -> dict[str, dict[str, float]]:
    base = samples[RAW]
    return {
        name: {measure: _ratio(values, base[measure]) for measure, values in one.items()}
        for name, one in samples.items()
    }


def _ratio(samples: list[float], base: list[float]) -> float:
    """Return the median of the ratios of samples of the same round."""
    return round(median(one / other for one, other in zip(samples, base, strict=True)), 3)
