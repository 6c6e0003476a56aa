"""The package as Lambda gets it: small, compiled, the same each time, and enough by itself."""

import gzip
import importlib.util
import json
import re
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest
import urllib3.util

from infra import package, trimming
from infra.testing.processes import environment

pytestmark = pytest.mark.slow  # it builds the package

LARGEST = 3_000_000  # bytes
CALL = """
import json, app
event = json.loads(%r)
print(json.dumps([app.app(event, None)["statusCode"], app.__cached__, __import__("botocore").__file__]))
"""
IMPORTED = """
import json, os, sys, app
ours = {name for name, module in sys.modules.items() if (getattr(module, "__file__", "") or "").startswith(os.getcwd())}
rest = {name for name in sys.modules if name not in ours and "." not in name and not name.startswith("_")}
print(json.dumps([name for name in ours | rest if name.partition(".")[0] not in ("app", "chalicelib")]))
"""
MODULES = Path(__file__).parent / "cold_modules.txt"
SOMETIMES = " (not always)"  # by some versions of Python, or without a HOME
HEALTH = {
    "headers": {},
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "path": "/dev/health"},
    "body": None,
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package.build("dev", tmp_path_factory.mktemp("package") / "dev")


@pytest.fixture(scope="module")
def unpacked(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


def test_it_is_small(out: Path) -> None:
    assert (out / "deployment.zip").stat().st_size <= LARGEST


def test_the_same_sources_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    again = package.build("dev", tmp_path / "again")
    for name in ("deployment.zip", "sam.json"):
        assert (again / name).read_bytes() == (out / name).read_bytes()


def test_everything_is_compiled_and_never_checked_against_a_clock(unpacked: Path) -> None:
    sources = list(unpacked.rglob("*.py"))
    assert len(sources) > 200
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
        assert int.from_bytes(compiled[4:8], "little") == 1, f"{source}: bytecode checked by hash, and that unchecked"


def test_only_what_runs_is_in_it(unpacked: Path) -> None:
    assert {path.name for path in (unpacked / "botocore/data").iterdir() if path.is_dir()} == set(trimming.OPERATIONS)
    assert not [path for path in unpacked.rglob("*") if path.suffix in (".pyi", ".dist-info")]
    assert not {"infra", "tests", "boto3", "moto", "ministack"} & {path.name for path in unpacked.iterdir()}
    assert not list(unpacked.rglob("*.so")), "it runs on either processor"
    assert not [name for name in package.NEVER_IMPORTED if (unpacked / name).exists()]
    assert (unpacked / "chalicelib/pages/templates/base.html").exists()


def test_it_trusts_the_authorities_of_amazon_and_no_others(unpacked: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(unpacked / "botocore/cacert.pem")
    names = {dict(cast("Any", part[0]) for part in one["subject"])["commonName"] for one in context.get_ca_certs()}
    amazon = {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)}
    assert names == amazon | {"Starfield Services Root Certificate Authority - G2"}


def test_addresses_are_read_as_ever(unpacked: Path) -> None:
    urls = [
        "https://dynamodb.eu-central-1.amazonaws.com/",
        "http://10.0.0.1:8000/",
        "http://[::1]:8000/x?y",
        "http://[fe80::1%25eth0]/",
    ]
    program = f"import json, urllib3.util as u; print(json.dumps([u.parse_url(one) for one in {urls}]))"
    assert told(unpacked, program) == [list(urllib3.util.parse_url(url)) for url in urls]


@pytest.mark.parametrize("service", trimming.OPERATIONS)
def test_the_models_of_services_have_what_is_used_of_them_and_no_texts(unpacked: Path, service: str) -> None:
    for file in (unpacked / "botocore/data" / service).rglob("service-2.json.gz"):
        model = json.loads(gzip.decompress(file.read_bytes()))
        assert model["operations"].keys() == trimming.OPERATIONS[service]
        assert set(trimming._named(model["operations"])) <= model["shapes"].keys()
        assert set(trimming._named(model["shapes"])) <= model["shapes"].keys()
        assert '"documentation": "' not in json.dumps(model)


def test_what_the_policies_allow_is_what_the_package_can_do() -> None:
    allowed = set(re.findall(r"dynamodb:([A-Z]\w+)", (package.PROJECT / "infra/template.yaml").read_text()))
    assert trimming.OPERATIONS["dynamodb"] - {"TransactWriteItems"} == allowed - {"ConditionCheckItem"}


def test_the_services_are_found_in_every_region(unpacked: Path) -> None:
    for partition in json.loads((unpacked / "botocore/data/endpoints.json").read_text())["partitions"]:
        assert set(partition["services"]) <= set(trimming.PLACES)
        assert "dynamodb" in partition["services"] or not partition["regions"], partition["partition"]


def told(unpacked: Path, program: str) -> Any:
    """What a program prints as JSON that has nothing but the package."""
    dummies = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    command = [sys.executable, "-S", "-B", "-c", program]
    run = subprocess.run(
        command, cwd=unpacked, env=environment(**dummies), capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("path", ["/health", "/docs"])
def test_it_runs_where_nothing_else_is_installed(unpacked: Path, path: str) -> None:
    request = HEALTH | {"requestContext": {"resourcePath": path, "httpMethod": "GET", "path": f"/dev{path}"}}
    status, cached, botocore = told(unpacked, CALL % json.dumps(request))
    assert status == 200
    assert Path(cached).is_relative_to(unpacked)
    assert Path(botocore).is_relative_to(unpacked)


def test_of_others_modules_a_cold_start_imports_those_listed_and_the_list_only_gets_shorter(unpacked: Path) -> None:
    lines = MODULES.read_text().splitlines()
    listed = {line.removesuffix(SOMETIMES) for line in lines}
    always = {line for line in lines if not line.endswith(SOMETIMES)}
    imported = set(told(unpacked, IMPORTED))
    assert lines == sorted(lines)
    assert sorted(imported - listed) == [], "each makes every cold start slower: import it where it is needed"
    assert sorted(always - imported) == [], "no longer imported: take it from tests/cold_modules.txt for good"
