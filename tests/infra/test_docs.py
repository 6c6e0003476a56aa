"""The documentation is true: links, endpoint tables, list of rows, operator commands, the tour."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS
from infra import endpoint_table, row_chart
from infra.admin import COMMANDS
from infra.testing.processes import running_server

PROJECT = Path(__file__).parent.parent.parent
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "bench/SCALE.md",
    *(f"docs/{page.name}" for page in sorted((PROJECT / "docs").glob("*.md"))),
]


def text_of(page: str) -> str:
    return (PROJECT / page).read_text()


def test_the_tables_name_every_endpoint_once_and_no_other() -> None:
    page = text_of("docs/api.md")
    assert endpoint_table.update_page(page) == page, "Run `make generate` to update it."
    rows = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted((endpoint.methods[0], endpoint.paths[0]) for endpoint in ENDPOINTS)


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_to_files_that_exist(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))
    assert [link for link in links if not (PROJECT / page).parent.joinpath(link).exists()] == []


def test_every_operator_command_is_documented() -> None:
    page = text_of("docs/operating.md")
    for command in COMMANDS:
        assert f"`{command.name}" in page
        assert all(option.name in page for option in command.options)


def test_the_tests_that_prove_the_security_exist() -> None:
    folder, missing = "tests", []
    named = re.findall(r"`((?:tests/\w+/)?)(test_\w+\.py)`", text_of("docs/security.md"))
    for path, name in named:
        folder = path or folder  # a name without a folder is in the folder of the one before
        if not (PROJECT / folder / name).exists():
            missing.append(folder + name)
    assert len(named) > 20
    assert missing == []


def test_the_list_of_rows_is_current() -> None:
    page = text_of("docs/architecture.md")
    assert row_chart.update(page) == page, "`make generate` updates it"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="the tour is made of curl commands")
def test_the_tour_works_when_pasted(tmp_path: Path) -> None:
    tour = text_of("README.md").split("## A tour")[1].split("```sh\n")[1].split("```")[0]
    with running_server(tmp_path / "data") as server:
        here = tour.replace(".local/", f"{tmp_path}/data/").replace("http://127.0.0.1:8000", server.api)
        script = here.replace("curl ", "curl --silent --show-error --fail-with-body --write-out '\\n%{http_code}\\n' ")
        script = script.replace(".venv/bin/python", sys.executable)
        shown = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=False, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert re.findall(r"^\d{3}$", shown.stdout, re.MULTILINE) == ["200", "200", "200", "201", "201"]
    assert '"progress":75' in shown.stdout
    assert '"name":"Workspace with others"' in shown.stdout
    assert '"delivery":"sent"' in shown.stdout
