"""The documentation is true: links, endpoint tables, list of rows, operator commands, the tour."""

import re
import shutil
import subprocess
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
    "SECURITY.md",
    "CHANGELOG.md",
    "bench/SCALE.md",
    *(f"docs/{page.name}" for page in sorted((PROJECT / "docs").glob("*.md"))),
]


def text_of(page: str) -> str:
    return (PROJECT / page).read_text()


def test_the_tables_name_every_endpoint_once_and_no_other() -> None:
    page = text_of("docs/endpoints.md")
    assert endpoint_table.update_page(page) == page, "Run `make generate` to update it."
    rows = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted((endpoint.methods[0], endpoint.paths[0]) for endpoint in ENDPOINTS)


def anchors_of(text: str) -> set[str]:
    """Return the fragments of the headings in a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_to_files_and_headings_that_exist(page: str) -> None:
    dead = []
    for path, fragment in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text_of(page)):
        target = (PROJECT / page).parent / path if path else PROJECT / page
        if not target.exists() or (fragment and fragment not in anchors_of(target.read_text())):
            dead.append(f"{path}#{fragment}")
    assert dead == []


def test_the_readme_is_short() -> None:
    assert len(text_of("README.md").splitlines()) <= 200


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(([\w./-]+)\)", text_of("README.md")))
    assert {page for page in PAGES if page != "README.md"} <= linked


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


def paste(folder: Path, script: str) -> str:
    """Run the commands of a page on a server with a plan, and return what they show, with the status of each call."""
    with running_server(folder / "data", with_plan=True) as server:
        exports = [line for line in server.stdout.read_text().splitlines() if line.startswith("export KEY=")]
        shown = subprocess.run(
            ["bash", "-ec", "\n".join([*exports, script])], capture_output=True, text=True, check=False, timeout=60
        )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="the tour is made of curl commands")
def test_the_tour_works_when_pasted(tmp_path: Path) -> None:
    tour = text_of("README.md").split("## A tour")[1].split("```sh\n")[1].split("```")[0]
    with_status = "curl --silent --show-error --fail-with-body --write-out '\\n%{http_code}\\n' "
    shown = paste(tmp_path, tour.replace("curl ", with_status))
    assert re.findall(r"^\d{3}$", shown, re.MULTILINE) == ["200", "200", "200", "201", "201"]
    assert '"progress":75' in shown
    assert '"name":"Workspace with others"' in shown
    assert '"delivery":"sent"' in shown


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="the examples are curl commands")
def test_the_examples_of_dry_runs_work_when_pasted(tmp_path: Path) -> None:
    examples = re.findall(r"```sh\n(.*?)```", text_of("docs/dry-run.md"), re.DOTALL)
    shown = paste(tmp_path, "".join(examples).replace("curl ", "curl --silent --show-error --fail-with-body "))
    assert shown.count('"confirm_token":') == 2
    assert shown.count('"verb":"create"') >= 2
    assert '"title":"Grow"' in shown.rpartition("confirm_token")[2], "the deletion answers the deleted action"
