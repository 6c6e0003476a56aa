"""The stored results of the comparison belong to the current code, versions and targets."""

import json
import re
from pathlib import Path

import pytest

from bench import calls, report, tables
from bench.variants import COMPARED, OURS, PIP, PYNAMODB
from infra.pins import read_versions

PROJECT = Path(__file__).parent.parent.parent
RESULTS = json.loads(tables.FILE.read_text())


def pins(file: Path) -> dict[str, str]:
    """Return the versions in a requirements file, by module names."""
    return {name.replace("-", "_"): version for name, version in read_versions(file).items()}


@pytest.mark.parametrize("peer", [*PIP.values(), "chalice_pynamodb"])
def test_the_results_were_measured_with_the_pinned_versions(peer: str) -> None:
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
    timed = calls.timed_events("user", 1)
    assert {name: set(medians) for name, medians in RESULTS["medians"]["warm"].items()} == {
        name: set(timed) for name in COMPARED
    }
    assert RESULTS["equal answers"] > len(timed)


def test_the_service_needs_less_than_every_peer_for_everything() -> None:
    assert RESULTS["ours"].keys() == set(COMPARED) - {OURS}
    assert [
        (peer, what) for peer, ratios in RESULTS["ours"].items() for what, ratio in ratios.items() if ratio >= 1
    ] == []


def test_the_results_have_the_targets_of_the_code() -> None:
    targets = {one["what"]: one["most"] for one in RESULTS["promises"]}
    assert (
        targets.items() >= {f"{call}, to {peer}": most for (call, peer), most in report.RATIO_TARGETS.items()}.items()
    )
    assert all(one["holds"] == (one["is"] <= one["most"]) for one in RESULTS["promises"])


def test_targets_are_compared_with_samples_of_the_same_rounds() -> None:
    samples, zip_mb = RESULTS["samples"], RESULTS["medians"]["cold"][OURS]["zip_mb"]
    assert RESULTS["promises"] == report.check_targets(samples["warm"], samples["cold"], zip_mb)
    assert {len(values) for one in samples["warm"].values() for values in one.values()} == {RESULTS["rounds"]}


def test_the_page_shows_the_ratios_of_the_results() -> None:
    page = tables.PAGE.read_text()
    assert re.search(r"\| list of 100 \| 0\.\d\d \|", page)
    assert page == tables.update_page(page, RESULTS), "Run `make bench` to update the page."
    assert set(RESULTS["ours"]) == {*COMPARED} - {OURS}
    assert PYNAMODB in page
