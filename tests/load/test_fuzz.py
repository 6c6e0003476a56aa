"""Schemathesis on a running server: the API behaves as the OpenAPI document says, whatever it is sent."""

import json
import re
import sys
from pathlib import Path

import pytest

from infra.openapi import document
from infra.openapi.tags import ALIASES_TAG
from infra.testing.processes import environment, running_server, started
from tests.support import counts

pytestmark = pytest.mark.slow

EXAMPLES = counts.choose(quick=1, full=10)  # random ones for each operation
PHASES = counts.choose(quick="examples,fuzzing", full="examples,coverage,fuzzing,stateful")
LEAST_GENERATED = counts.choose(quick=100, full=1_000)


@pytest.mark.nightly
def test_the_api_behaves_as_its_openapi_document_says(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        credential = server.server_file["credentials"][0]
        contract = tmp_path / "openapi.json"  # with the aliases: a method that is not in it has to be refused
        contract.write_text(json.dumps(document.document(has_aliases=True)))
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", "tests/load/schemathesis.toml"),
            *("run", str(contract), "--url", server.api, "--auth", f"{credential['key']}:{credential['secret']}"),
            *("--phases", PHASES, "--max-examples", str(EXAMPLES), "--generation-deterministic", "--no-color"),
            *("--exclude-tag", ALIASES_TAG),  # they lead to the same views
        ]
        output = tmp_path / "report"
        hooked = environment(SCHEMATHESIS_HOOKS="tests.support.schemathesis_hooks", OWN_KEY=credential["key"])
        with started(command, output, tmp_path / "errors", hooked) as process:
            code = process.wait(1_500)
    report = output.read_text()
    assert code == 0, report[-5000:]
    tested = re.search(r"Tested: (\d+)", report)
    generated = re.search(r"(\d+) generated", report)
    assert tested is not None
    assert generated is not None
    assert (int(tested[1]) >= 30, int(generated[1]) >= LEAST_GENERATED) == (True, True)
