"""A client generated from the OpenAPI document creates, lists, changes and deletes objects."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.routes import contract
from infra.testing.processes import run

pytestmark = pytest.mark.slow

Module = Any
NAME = "ogsm_client"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generate the client, and make it importable."""
    folder = tmp_path_factory.mktemp("client")
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    options = ["--path", str(contract.FILE), "--output-path", str(folder / NAME), "--meta", "none"]
    made = run([generator, "generate", *options])
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def generated(name: str) -> Module:
    return importlib.import_module(f"{NAME}.{name}")


@pytest.fixture
def client(folder: Path, ada: httpx.Client) -> Any:
    return generated("client").Client(base_url=str(ada.base_url), httpx_args={"auth": ada.auth})


def test_the_client_has_a_function_for_every_operation(folder: Path) -> None:
    functions = {path.stem for path in (folder / NAME / "api").glob("*/[a-z]*.py")}
    operations = {one["operationId"] for path in contract_document()["paths"].values() for one in path.values()}
    assert functions == operations


def contract_document() -> dict[str, Any]:
    from infra.openapi import document

    return document.document()


@pytest.mark.nightly
def test_the_client_passes_strict_type_checks(folder: Path, tmp_path: Path) -> None:
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path)]
    checked = run([*mypy, str(folder / NAME)])
    assert checked.returncode == 0, checked.stdout


def test_the_client_creates_lists_changes_and_deletes_an_action(client: Any) -> None:
    models, api = generated("models"), "api.actions"
    body = models.ActionInput(title="Grow", labels=["new"], progress=10)
    made = generated(f"{api}.create_action").sync(client=client, body=body)
    assert isinstance(made, models.Action)
    assert (made.title, made.labels[0].name, made.status.name.value) == ("Grow", "new", "to do")
    assert generated(f"{api}.list_actions").sync(client=client) == [made]
    changed = generated(f"{api}.update_action").sync(
        str(made.id), client=client, body=models.ActionUpdate(progress=100, archived=True)
    )
    assert (changed.progress, changed.archived, changed.title) == (100, True, "Grow")
    assert generated(f"{api}.delete_action").sync(str(made.id), client=client) == changed
    assert generated(f"{api}.list_actions").sync(client=client) == []


def test_the_client_creates_a_workspace_adds_an_item_and_deletes_it(client: Any) -> None:
    models = generated("models")
    body = models.WorkspaceInput(name="Together", description="by a generated client")
    workspace = generated("api.workspaces.create_workspace").sync(client=client, body=body)
    assert isinstance(workspace, models.Workspace)
    item = generated("api.items.create_item").sync(workspace.id, client=client, body=models.ItemInput(name="First"))
    inbox = generated("api.stacks.get_inbox").sync(workspace.id, client=client)
    assert [one.activity for one in inbox.items] == [item.activity]
    gone = generated("api.workspaces.delete_workspace").sync_detailed(workspace.id, client=client)
    assert gone.status_code == 204


def test_the_client_reads_a_problem_document(client: Any) -> None:
    models = generated("models")
    problem = generated("api.actions.get_action").sync("999", client=client)
    assert isinstance(problem, models.Problem)
    assert problem.status == 404
    refused = generated("api.actions.create_action").sync(client=client, body=models.ActionInput(title=" "))
    assert [error.pointer for error in refused.errors] == ["#/title"]
