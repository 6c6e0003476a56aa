"""What is kept of the benchmarks belongs to the code as it is, and is what was promised."""

import json
import re
from pathlib import Path

import pytest

from bench import calls, report, tables
from bench.variants import COMPARED, OURS, PIP, PYNAMODB

PROJECT = Path(__file__).parent.parent.parent
RESULTS = json.loads(tables.FILE.read_text())


def pins(file: Path) -> dict[str, str]:
    """The versions in a requirements file, by names as Python writes them."""
    lines = [line for line in file.read_text().splitlines() if "==" in line and not line.startswith("#")]
    return dict(line.replace("-", "_").split("==") for line in lines)


@pytest.mark.parametrize("peer", [*PIP.values(), "chalice_pynamodb"])
def test_the_results_are_of_the_versions_that_are_pinned(peer: str) -> None:
    pinned = pins(PROJECT / f"bench/peers/{peer}/requirements.txt")
    used = RESULTS["packages"]
    assert used.items() >= {name: version for name, version in pinned.items() if name in used}.items()
    assert {
        name: pins(PROJECT / "requirements.txt")[name] for name in ("pynamodb", "voluptuous")
    }.items() <= used.items()


def test_peers_have_the_same_versions_as_the_service() -> None:
    ours = pins(PROJECT / "infra/constraints.txt")
    for peer in (*PIP.values(), "chalice_pynamodb"):
        theirs = pins(PROJECT / f"bench/peers/{peer}/requirements.txt")
        assert {name: ours.get(name, version) for name, version in theirs.items()} == theirs


def test_every_call_of_every_variant_is_in_the_results() -> None:
    timed = calls.compared("user", 1)
    assert {name: set(medians) for name, medians in RESULTS["medians"]["warm"].items()} == {
        name: set(timed) for name in COMPARED
    }
    assert RESULTS["equal answers"] > len(timed)


def test_the_service_takes_less_than_each_of_the_others_for_everything() -> None:
    assert RESULTS["ours"].keys() == set(COMPARED) - {OURS}
    assert [
        (peer, what) for peer, ratios in RESULTS["ours"].items() for what, ratio in ratios.items() if ratio >= 1
    ] == []


def test_the_promises_in_the_results_are_those_of_the_code() -> None:
    kept = {one["what"]: one["most"] for one in RESULTS["promises"]}
    assert kept.items() >= {f"{call}, to {peer}": most for (call, peer), most in report.PROMISES.items()}.items()
    assert all(one["holds"] == (one["is"] <= one["most"]) for one in RESULTS["promises"])


def test_promises_are_made_of_samples_of_the_same_rounds() -> None:
    samples = RESULTS["samples"]
    assert RESULTS["promises"] == report._promises(samples["warm"], samples["cold"])
    assert {len(values) for one in samples["warm"].values() for values in one.values()} == {RESULTS["rounds"]}


def test_the_page_shows_the_ratios_of_the_results() -> None:
    page = tables.PAGE.read_text()
    assert re.search(r"\| list of 100 \| 0\.\d\d \|", page)
    assert page == tables.drawn(page, RESULTS), "make bench updates them"
    assert set(RESULTS["ours"]) == {*COMPARED} - {OURS}
    assert PYNAMODB in page
