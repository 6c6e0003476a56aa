"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from app import app
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.storage.models.base import Row
from infra import row_chart

PROJECT = Path(__file__).parent.parent.parent
SHIPPED = [PROJECT / "app.py", *sorted((PROJECT / "chalicelib").rglob("*.py"))]
ROOMS = ("bench", "infra", "tests")  # beside what ships
OURS = [*SHIPPED, *(path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py")))]
OPEN = [
    "/",
    "/assets/app/docs.js",
    "/assets/app/icon.svg",
    "/assets/app/no-profile.svg",
    "/assets/app/settings.js",
    "/assets/app/style.css",
    "/docs",
    "/health",
    "/invitations/{token}",  # asks for the token itself
    "/oauth/token",  # asks for key and secret itself
    "/openapi.json",
]
LARGEST_API = 300  # resources of one REST API, the quota of API Gateway
PART = re.compile(r"[A-Za-z0-9._-]+|\{[a-z_]+\}")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def places(package: str) -> set[str]:
    """The rooms of chalicelib in which a package is imported."""
    importing = [path for path in SHIPPED if any(name.split(".")[0] == package for name in imports(path))]
    return {"app" if path.name == "app.py" else path.relative_to(PROJECT / "chalicelib").parts[0] for path in importing}


def test_chalice_is_known_at_the_edge_only() -> None:
    assert places("chalice") == {"app", "auth.py", "http"}


def test_the_store_is_known_in_storage_only() -> None:
    assert places("pynamodb") == {"storage"}
    assert places("botocore") == {"storage", "mail.py"}


def test_pages_alone_pay_for_templates() -> None:
    assert [path.name for path in SHIPPED if "jinja2" in imports(path)] == ["pages.py"]


def test_the_environment_is_read_in_one_place() -> None:
    assert [path.name for path in SHIPPED if re.search(r"\benviron\b", path.read_text())] == ["config.py"]


def test_keys_are_made_in_one_place() -> None:
    making = {path.parent.name for path in SHIPPED if re.search(r"[A-Z]+#", path.read_text())}
    assert making == {"models"}


def test_nothing_is_ever_scanned() -> None:
    assert not [path for path in SHIPPED if re.search(r"\.scan\(", path.read_text())]


@pytest.mark.parametrize("name", names(OURS))
def test_modules_and_functions_are_short(name: str) -> None:
    text = (PROJECT / name).read_text()
    longest = 400 if name.startswith("tests/") else 200
    assert len(text.splitlines()) <= longest
    if name.startswith("tests/"):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.body[0].lineno + 1 if node.end_lineno else 0
            assert lines <= 22, f"{name}: {node.name} has {lines} lines"


@pytest.mark.parametrize("path", sorted(app.routes))
def test_api_gateway_accepts_every_part_of_a_path(path: str) -> None:
    assert all(PART.fullmatch(part) for part in path.split("/") if part)


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
    assert len(nodes) <= LARGEST_API


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
    assert sorted({endpoint.paths[0] for endpoint in ENDPOINTS if endpoint.is_open}) == OPEN


def test_every_view_says_what_the_document_says() -> None:
    assert all(endpoint.view.__doc__ for endpoint in ENDPOINTS)


def test_every_noun_has_its_tests() -> None:
    nouns = {path.stem for path in (PROJECT / "chalicelib/routes").glob("[a-z]*.py")} - {"assets", "health", "welcome"}
    assert {f"test_{noun}.py" for noun in nouns} <= {path.name for path in (PROJECT / "tests").iterdir()}


@pytest.mark.parametrize("row", row_chart.row_classes())
def test_every_row_says_what_it_is_how_its_key_looks_and_how_it_is_read(row: type[Row]) -> None:
    docstring = row.__doc__ or ""
    assert docstring.partition("\n")[0].endswith(".")
    assert row_chart.keys_of(row)
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


def test_what_ships_is_pinned() -> None:
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    constraints = (PROJECT / "infra/constraints.txt").read_text().splitlines()
    assert {f"{name}=={version}" for name, version in pins.items()} <= set(constraints)


def test_no_secret_and_no_machine_path_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    unwanted = re.compile(rb"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE " + rb"KEY|/home/[a-z]+/|/roo" + rb"t/")
    for name in filter(None, listed.stdout.split("\0")):
        assert not unwanted.search((PROJECT / name).read_bytes()), name
