"""The package for Lambda: small, compiled, the same each time, and complete."""

import gzip
import json
import os
import re
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from infra import package, trimming
from infra.pins import read_versions
from infra.testing.processes import environment

pytestmark = pytest.mark.slow  # it builds the package

LARGEST = 3_000_000  # bytes
CALL = """
import json, app
event = json.loads(%r)
print(json.dumps([app.app(event, None)["statusCode"], app.__file__, __import__("botocore").__file__]))
"""
IMPORTED = """
import json, os, sys, app
ours = {name for name, module in sys.modules.items() if (getattr(module, "__file__", "") or "").startswith(os.getcwd())}
rest = {name for name in sys.modules if name not in ours and "." not in name and not name.startswith("_")}
print(json.dumps([name for name in ours | rest if name.partition(".")[0] not in ("app", "chalicelib")]))
"""
FAILURE = """
import json, traceback
from chalicelib import json_text
try:
    json_text.dump(object())
except TypeError:
    print(json.dumps(traceback.format_exc()))
"""
MODULES = Path(__file__).parent / "cold_modules.txt"
SOMETIMES = " (not always)"  # imported by some versions of Python only, or only without a HOME
HEALTH = {
    "headers": {},
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "path": "/dev/health"},
    "body": None,
}


@pytest.fixture(scope="module")
def out(built_package: Callable[[str], Path]) -> Path:
    return built_package("dev")


@pytest.fixture(scope="module")
def unpacked(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize(
    ("hashes", "refusal"),
    [
        ("", "Hashes are required in --require-hashes mode"),
        (f" --hash=sha256:{'0' * 64}", "DO NOT MATCH THE HASHES"),
    ],
)
def test_a_package_whose_hash_is_missing_or_different_is_not_downloaded(
    tmp_path: Path, hashes: str, refusal: str
) -> None:
    requirements = tmp_path / "requirements.txt"
    version = read_versions(package.PROJECT / "requirements.txt")["six"]
    requirements.write_text(f"six=={version}{hashes}\n")
    command = [sys.executable, "-m", "pip", "download", "--dest", str(tmp_path), "-r", str(requirements)]
    process = subprocess.run(
        command, env=os.environ | package.pip_settings(), capture_output=True, text=True, check=False, timeout=60
    )
    assert process.returncode == 1
    assert refusal in process.stderr
    assert not list(tmp_path.glob("*.whl"))


def test_it_is_small(out: Path) -> None:
    assert (out / "deployment.zip").stat().st_size <= LARGEST


@pytest.mark.nightly
def test_the_same_sources_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.package", "--out", str(tmp_path)]  # this process keeps what it has built
    subprocess.run(command, cwd=package.PROJECT, check=True, timeout=60)
    for name in ("deployment.zip", "sam.json"):
        assert (tmp_path / "dev" / name).read_bytes() == (out / name).read_bytes()


def test_everything_is_bytecode_that_is_never_compared_with_a_source(unpacked: Path) -> None:
    assert not list(unpacked.rglob("*.py"))
    assert len(list((unpacked / "chalicelib").rglob("*.pyc"))) > 200
    for file in unpacked.rglob("*.pyc"):
        assert int.from_bytes(file.read_bytes()[4:8], "little") == 1, (
            f"{file} is not of the kind that is never checked."
        )


def test_a_traceback_names_the_files_and_the_lines_of_the_repository(unpacked: Path) -> None:
    named = set(re.findall(r'File "([^"]+)", line (\d+), in (\w+)', run(unpacked, FAILURE)))
    [line] = [number for file, number, function in named if (file, function) == ("chalicelib/json_text.py", "dump")]
    source = (package.PROJECT / "chalicelib/json_text.py").read_text().splitlines()
    assert "return json.dumps(value" in source[int(line) - 1]


def test_it_contains_only_what_runs(unpacked: Path) -> None:
    assert {path.name for path in (unpacked / "botocore/data").iterdir() if path.is_dir()} == set(trimming.OPERATIONS)
    assert not [path for path in unpacked.rglob("*") if path.suffix in (".pyi", ".dist-info")]
    assert not {"infra", "tests", "boto3", "moto", "ministack"} & {path.name for path in unpacked.iterdir()}
    assert not list(unpacked.rglob("*.so")), "machine code would bind the package to one kind of processor"
    assert not [name for name in package.NEVER_IMPORTED if (unpacked / name).exists()]
    assert not list(unpacked.glob("chalicelib/http/local_*"))
    assert (unpacked / "chalicelib/pages/templates/base.html").exists()


def test_it_trusts_amazons_certificate_authorities_and_no_others(unpacked: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(unpacked / "botocore/cacert.pem")
    names = {dict(cast("Any", part[0]) for part in one["subject"])["commonName"] for one in context.get_ca_certs()}
    amazon = {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)}
    assert names == amazon | {"Starfield Services Root Certificate Authority - G2"}


@pytest.mark.parametrize("service", trimming.OPERATIONS)
def test_the_models_of_services_contain_the_used_operations_and_no_texts(unpacked: Path, service: str) -> None:
    for file in (unpacked / "botocore/data" / service).rglob("service-2.json.gz"):
        model = json.loads(gzip.decompress(file.read_bytes()))
        assert model["operations"].keys() == trimming.OPERATIONS[service]
        assert set(trimming.shape_names_in(model["operations"])) <= model["shapes"].keys()
        assert set(trimming.shape_names_in(model["shapes"])) <= model["shapes"].keys()
        assert '"documentation": "' not in json.dumps(model)


# Lambda reads the stream itself, with the role of the function.
STREAM_READS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}


def test_the_package_can_do_what_the_policies_allow() -> None:
    allowed = set(re.findall(r"dynamodb:([A-Z]\w+)", (package.PROJECT / "infra/template.yaml").read_text()))
    assert trimming.OPERATIONS["dynamodb"] - {"TransactWriteItems"} == allowed - {"ConditionCheckItem"} - STREAM_READS


def test_the_services_are_found_in_every_region(unpacked: Path) -> None:
    for partition in json.loads((unpacked / "botocore/data/endpoints.json").read_text())["partitions"]:
        assert set(partition["services"]) <= set(trimming.ENDPOINT_NAMES)
        assert "dynamodb" in partition["services"] or not partition["regions"], partition["partition"]


def run(unpacked: Path, program: str) -> Any:
    """Run a program that can import nothing but the package. Return the JSON that it prints."""
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    settings = {"AWS_DEFAULT_REGION": "us-east-1", "FASTPATH": ""} | keys
    command = [sys.executable, "-S", "-B", "-c", program]
    process = subprocess.run(
        command, cwd=unpacked, env=environment(**settings), capture_output=True, text=True, check=False, timeout=60
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.mark.parametrize("path", ["/health", "/docs"])
def test_it_runs_where_nothing_else_is_installed(unpacked: Path, path: str) -> None:
    request = HEALTH | {"requestContext": {"resourcePath": path, "httpMethod": "GET", "path": f"/dev{path}"}}
    status, own, botocore = run(unpacked, CALL % json.dumps(request))
    assert status == 200
    assert Path(own).is_relative_to(unpacked)
    assert Path(botocore).is_relative_to(unpacked)


def test_the_garbage_collector_does_not_run_while_modules_load(unpacked: Path) -> None:
    program = "import gc, json; gc.callbacks.append(lambda *_: runs.append(1)); runs = []; import app; print(len(runs))"
    assert run(unpacked, program) == 0


def test_a_cold_start_imports_no_foreign_module_that_is_not_listed(unpacked: Path) -> None:
    lines = MODULES.read_text().splitlines()
    listed = {line.removesuffix(SOMETIMES) for line in lines}
    always = {line for line in lines if not line.endswith(SOMETIMES)}
    imported = set(run(unpacked, IMPORTED))
    assert lines == sorted(lines)
    assert sorted(imported - listed) == [], "each module makes every cold start slower: import it where it is needed"
    assert sorted(always - imported) == [], "no longer imported: remove it from tests/infra/cold_modules.txt"
