"""The rules of this project that no linter knows. docs/architecture.md and CONTRIBUTING.md explain them."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from app import app
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.storage.models.base import Row
from infra import row_chart
from infra.testing.processes import run

PROJECT = Path(__file__).parent.parent.parent
PACKAGE = PROJECT / "chalicelib"
SHIPPED = [PROJECT / "app.py", *sorted(PACKAGE.rglob("*.py"))]
FOLDERS = ("bench", "docs", "infra", "tests")  # those that do not ship
ALL_MODULES = [*SHIPPED, *(path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py")))]
TEST_MODULES = sorted((PROJECT / "tests").rglob("test_*.py"))

MOST_LINES, MOST_TEST_LINES = 300, 400
MOST_FUNCTION_LINES = 22

OPEN_PATHS = [
    "/",
    "/address-changes/{token}",  # asks for the token itself
    "/assets/app/copy.js",
    "/assets/app/docs-samples.js",
    "/assets/app/docs-try.js",
    "/assets/app/docs.css",
    "/assets/app/docs.js",
    "/assets/app/icon.svg",
    "/assets/app/no-profile.jpg",
    "/assets/app/no-profile.svg",
    "/assets/app/ogsm.css",
    "/assets/app/settings.js",
    "/assets/app/style.css",
    "/docs",
    "/docs.md",
    "/docs/{page_name}",
    "/favicon.ico",
    "/health",
    "/invitations/{token}",  # asks for the token itself
    "/llms.txt",
    "/oauth/token",  # asks for key and secret itself
    "/openapi.json",
    "/settings",  # redirects to /settings/api, which is not open
]
MOST_RESOURCES = 300  # of one REST API, a quota of API Gateway
PATH_PART = re.compile(r"[A-Za-z0-9._-]+|\{[a-z_]+\}")

# Where a library offers nothing public. The reason stands beside each use.
PRIVATE_USES = {
    ("storage/models/base.py", "_handle_version_attribute"),
    ("storage/table.py", "_get_schema"),
    ("validation/containers.py", "_compile"),
}

METHODS_OF_NAMED_TUPLES = {"_asdict", "_replace"}  # public, but named so that no field can have the same name

# Modules of a layer that belong to no noun.
PLANNED_ROWS = "storage/planned_rows.py"
GENERAL = {
    "schemas": {"common", "dry_runs", "problems"},
    "serializers": {"common", "dry_runs", "ogsm_csv", "ogsm_documents"},
    "storage/models": {"base", "counters", "deletion_states", "keys", "receipts", "tombstones"},
}


def name_of(path: Path) -> str:
    """Return the name of a file as the rules write it, such as `http/pipeline.py` or `app.py`."""
    return str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else PROJECT))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


def nouns(layer: str) -> set[str]:
    """Return the names of the modules of a layer and of the packages in it."""
    return {path.stem for path in (PACKAGE / layer).rglob("[a-z]*.py")}


@cache
def imports(path: Path) -> set[str]:
    """Return the full name of everything that a module imports, at the top or in a function."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return imported


def importers(*wanted: str) -> set[str]:
    """Return the shipped modules that import one of these modules, or something from them."""
    return {
        name_of(path)
        for path in SHIPPED
        if any(one == name or one.startswith(f"{name}.") for one in imports(path) for name in wanted)
    }


def containing(pattern: str) -> set[str]:
    """Return the shipped modules whose text contains a pattern."""
    return {name_of(path) for path in SHIPPED if re.search(pattern, path.read_text())}


def private_attributes(path: Path) -> set[str]:
    """Return the private attributes that a module takes from anything but its own classes and their instances."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    own = {"self", "cls", *(node.name for node in nodes if isinstance(node, ast.ClassDef))}
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and re.match("_[a-z]", node.attr)
        and node.attr not in METHODS_OF_NAMED_TUPLES
        and not (isinstance(node.value, ast.Name) and node.value.id in own)
    }


def outside(modules: set[str], *folders: str) -> list[str]:
    """Return those of some modules that are not in one of these folders."""
    return sorted(name for name in modules if not name.startswith(folders))


def test_only_the_http_layer_imports_chalice() -> None:
    assert outside(importers("chalice"), "app.py", "http/", "routes/") == []


def test_only_storage_and_mail_import_the_aws_libraries() -> None:
    assert outside(importers("pynamodb"), "storage/") == []
    assert outside(importers("botocore", "boto3"), "storage/", "mail/") == []


def test_only_pages_import_the_template_engine() -> None:
    assert outside(importers("jinja2"), "pages/") == []


def test_a_cold_start_does_not_load_what_few_requests_need() -> None:
    loaded = run([sys.executable, "-c", "import sys, app; print(*sys.modules)"]).stdout.split()
    assert "chalicelib.domain.ogsm.objects" in loaded
    few = {
        f"chalicelib.domain.ogsm.{name}"
        for name in ("archiving", "deletion", "plan", "plan_text", "restoring", "review", "series")
    }
    few |= {f"chalicelib.domain.activities.{name}" for name in ("alarms", "outboxes", "own_lists")}
    few |= {f"chalicelib.http.{name}" for name in ("confirmation", "dry_run", "signed_states")}
    few |= {"chalicelib.storage.planned_rows", "chalicelib.storage.conditions", "chalicelib.mail.outlines"}
    few |= {"chalicelib.schemas.dry_runs", "chalicelib.serializers.dry_runs"}
    few |= {
        "jinja2",
        "chalicelib.pages.canvas_page",
        "chalicelib.domain.changes",
        "chalicelib.mcp",
        "chalicelib.http.mcp",
        "chalicelib.agent_tools",
    }
    assert sorted(few & set(loaded)) == []


def test_only_one_module_reads_the_environment() -> None:
    assert containing(r"\benviron\b|\bgetenv\b") == {"config.py"}


def test_only_the_models_know_the_keys_of_rows() -> None:
    assert outside(containing(r"[A-Z]+#"), "storage/models/") == []


def test_raw_rows_and_their_keys_never_leave_storage() -> None:
    raw = r"\.(sk|pk)\b|from_raw_data|\[\"(S|N|BOOL|pk|sk)\"\]"
    assert outside(containing(raw), "storage/") == []


def test_no_query_scans_the_table() -> None:
    assert containing(r"\.scan\(") == set()


def test_only_the_runner_commits_and_sends_mail() -> None:
    """The planned rows of a dry run check a commit, and write nothing."""
    count_writes = {f"domain/activities/{name}.py" for name in ("deletion", "purges")}
    count_writes |= {f"domain/ogsm/{name}.py" for name in ("archiving", "deletion", "restoring")}
    count_writes |= {"domain/changes/composing.py"}
    assert importers("chalicelib.storage.transactions") == {"storage/unit_of_work.py", PLANNED_ROWS, *count_writes}
    assert containing(r"\bcommit\(") == {"storage/transactions.py", "storage/unit_of_work.py", PLANNED_ROWS}
    assert outside(importers("chalicelib.mail.sending"), "mail/") == []
    assert importers("http.client", "urllib.request", "socket") <= {
        "storage/fastpath/transport.py",
        "webhooks/addresses.py",
        "webhooks/sending.py",
        *(name_of(path) for path in SHIPPED if "local_" in path.name),
    }
    senders = outside(containing(r"\.send\("), "mail/", "storage/fastpath/", "webhooks/")
    passing_on = ["domain/changes/undoing.py", "storage/unit_of_work.py"]
    assert senders == passing_on, "They also send the values of steps to generators."
    written = r"put_item|update_item|delete_item|transact_write|batch_write"
    writers = ["storage/feed_rows.py", "storage/ids.py", "storage/transactions.py"]
    assert outside(containing(written), "storage/fastpath/") == writers
    users = [f"domain/changes/{name}.py" for name in ("recording", "records", "sequencing", "writes")]
    assert sorted(importers("chalicelib.storage.feed_rows")) == users, "It records changes, and no request does."
    others = [path for path in ALL_MODULES if path not in SHIPPED]
    assert [path for path in others if "transactions." + "commit(" in path.read_text()] == []


def test_only_one_module_reads_the_clock_or_waits() -> None:
    assert importers("time") <= {"clock.py"}
    assert containing(r"\b(datetime|date)\.(now|today|utcnow)\(") == {"clock.py"}


def test_only_one_module_draws_random_values() -> None:
    assert importers("random", "secrets", "uuid") == {"randomness.py"}
    assert containing(r"\burandom\b") == set()


def test_only_one_module_starts_threads() -> None:
    assert containing(r"ThreadPoolExecutor|\bThread\(") == {"storage/parallel.py"}


def test_only_one_module_draws_ids() -> None:
    assert outside(importers("chalicelib.storage.models.counters"), "storage/ids.py", "storage/models/") == []


def test_private_attributes_of_libraries_are_used_in_the_fast_path_only() -> None:
    used = {(name_of(path), attribute) for path in SHIPPED for attribute in private_attributes(path)}
    assert [use for use in sorted(used) if not use[0].startswith("storage/fastpath/")] == sorted(PRIVATE_USES & used)


def test_modules_are_short() -> None:
    lines = {name: len((PROJECT / name).read_text().splitlines()) for name in names(ALL_MODULES)}
    most = {name: MOST_TEST_LINES if name.startswith("tests/") else MOST_LINES for name in lines}
    assert {name: count for name, count in lines.items() if count > most[name]} == {}


def test_functions_are_short() -> None:
    lines = {
        f"{name}: {node.name}": node.end_lineno - node.body[0].lineno + 1
        for name in names(ALL_MODULES)
        if not name.startswith("tests/")
        for node in ast.walk(ast.parse((PROJECT / name).read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    }
    assert {name: count for name, count in lines.items() if count > MOST_FUNCTION_LINES} == {}


def test_api_gateway_accepts_every_part_of_a_path() -> None:
    parts = [(path, part) for path in app.routes for part in path.split("/") if part]
    assert [(path, part) for path, part in parts if not PATH_PART.fullmatch(part)] == []


def test_variables_in_the_same_place_have_one_name() -> None:
    variables = defaultdict(set)
    for path in app.routes:
        parts = path.strip("/").split("/")
        for index, part in enumerate(parts):
            if part.startswith("{"):
                variables["/".join(parts[:index])].add(part)
    assert not {place: found for place, found in variables.items() if len(found) > 1}


def test_the_api_fits_into_one_rest_api() -> None:
    nodes = {"/".join(parts[: n + 1]) for path in app.routes for parts in [path.split("/")] for n in range(len(parts))}
    assert len(nodes) <= MOST_RESOURCES


def test_every_path_answers_every_method() -> None:
    assert {frozenset(methods) for methods in app.routes.values()} == {
        frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    }


def test_every_route_but_the_open_ones_has_the_authorizer() -> None:
    for endpoint in ENDPOINTS:
        for path in endpoint.paths:
            for method in endpoint.methods:
                authorizer = app.routes[path][method].authorizer
                assert (authorizer is None) == endpoint.is_open, f"{method} {path}"
    assert sorted({endpoint.paths[0] for endpoint in ENDPOINTS if endpoint.is_open}) == OPEN_PATHS


def test_every_view_has_the_sentence_of_the_document() -> None:
    assert all(endpoint.view.__doc__ for endpoint in ENDPOINTS)


def test_every_noun_of_the_routes_has_its_tests() -> None:
    tested = {path.stem.removeprefix("test_") for path in (PROJECT / "tests/api").glob("test_*.py")}
    assert nouns("routes") - tested == set(), "Add tests/api/test_<noun>.py for these nouns."


@pytest.mark.parametrize("layer", GENERAL)
def test_every_layer_uses_the_nouns_of_the_routes_and_the_domain(layer: str) -> None:
    assert nouns(layer) - GENERAL[layer] - nouns("routes") - nouns("domain") == set()


@pytest.mark.parametrize("noun", sorted(nouns("routes") & nouns("schemas")))
def test_a_route_takes_its_schemas_from_the_module_of_its_noun(noun: str) -> None:
    assert f"chalicelib.schemas.{noun}" in imports(PACKAGE / f"routes/{noun}.py")


def test_modules_that_run_a_server_or_a_build_are_marked_as_slow() -> None:
    for path in TEST_MODULES:
        is_heavy = path.parent.name == "load" or imports(path) & {"playwright.sync_api", "infra.package"}
        if is_heavy:
            assert re.search(r"^pytestmark = .*?pytest\.mark\.slow", path.read_text(), re.MULTILINE | re.DOTALL), (
                path.name
            )


def test_test_modules_do_not_import_from_one_another() -> None:
    importing = {
        (str(path.relative_to(PROJECT)), name)
        for path in TEST_MODULES
        for name in imports(path)
        if re.search(r"^tests\..*\.test_\w+$", name)
    }
    assert importing == set()


@pytest.mark.parametrize("row", row_chart.row_classes())
def test_every_row_says_what_it_is_how_its_key_looks_and_how_it_is_read(row: type[Row]) -> None:
    docstring = row.__doc__ or ""
    assert docstring.partition("\n")[0].endswith(".")
    assert row_chart.keys_of(row), f"Add a line `Key: <partition key> / <sort key>` to the docstring of {row.__name__}."
    assert "Access patterns: " in docstring


@pytest.mark.parametrize("row", row_chart.row_classes())
def test_the_kind_of_a_row_is_the_name_of_its_class(row: type[Row]) -> None:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", row.__name__).lower()
    assert Row.kind.get_discriminator(row) == kind


@pytest.mark.parametrize("path", [path for path in SHIPPED if {"storage", "mail"} & set(path.parts)])
def test_private_attributes_of_libraries_are_used_in_fastpath_only(path: Path) -> None:
    attributes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    private = {
        node.attr
        for node in attributes
        if re.match(r"_[a-z]", node.attr) and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }
    assert not private or "fastpath" in path.parts


def test_no_secret_and_no_machine_path_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    unwanted = re.compile(rb"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE " + rb"KEY|/home/[a-z]+/|/roo" + rb"t/")
    for name in filter(None, listed.stdout.split("\0")):
        assert not unwanted.search((PROJECT / name).read_bytes()), name
