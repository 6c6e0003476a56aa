"""The twelve lists of the OGSM API as pandas reads them, which many people analyse numbers with."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.domain.ogsm.references import ALL_NOUNS
from infra.testing.processes import run
from tests.support import example_plan

pytestmark = pytest.mark.slow

Json = dict[str, Any]
PYTHON = Path(sys.prefix) / "pandas/bin/python"
SCRIPT = Path(__file__).parent.parent / "tools/pandas/read_lists.py"
LISTS = {noun.name: noun for noun in ALL_NOUNS}


@pytest.mark.nightly
def test_pandas_reads_all_twelve_lists_as_csv_and_as_json(url: str, acme: Json, ada: httpx.Client) -> None:
    if not PYTHON.exists():
        pytest.fail(f"{PYTHON} is not there. Run `make .venv/pandas/done` first.")
    example_plan.enter(url, acme, 2)
    made = run([str(PYTHON), str(SCRIPT), url, example_plan.key_of(acme), *LISTS])
    assert made.returncode == 0, made.stderr
    read = json.loads(made.stdout)
    assert len(read) == 12
    for name, noun in LISTS.items():
        stored = ada.get(f"/api/v2/{name}.json").json()
        assert stored
        assert read[name]["rows"] == [len(stored)] * 2, name
        assert read[name]["columns"] == [list(noun.schema.fields)] * 2, name
        assert read[name]["ids"] == [[one["id"] for one in stored]] * 2, name
        if noun.measured:
            assert read[name]["actual"] == pytest.approx(sum(one["actual"] for one in stored))
            assert read[name]["newest"] == max(one["at"] for one in stored)
