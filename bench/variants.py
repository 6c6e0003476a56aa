"""The implementations that are compared: the service and its peers, each built and unpacked as a Lambda package."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

HERE = Path(__file__).parent
PEERS = HERE / "peers"
INSTALLED = HERE.parent / ".venv/bench"
OURS, RAW, FASTAPI, POWERTOOLS, FLASK, PYNAMODB, PLAIN = (
    "as built",
    "raw boto3",
    "FastAPI",
    "Powertools",
    "Flask",
    "Chalice + PynamoDB",
    "plain `chalice package`",
)
PIP = {  # folders of the peers that are packaged with pip
    RAW: "raw",
    FASTAPI: "fastapi_mangum",
    POWERTOOLS: "powertools",
    FLASK: "flask_wsgi",
}
COMPARED = (OURS, RAW, FASTAPI, POWERTOOLS, FLASK, PYNAMODB)
PYTHON = (sys.executable, "-S", "-B")  # no site-packages, and no bytecode that a later round could use
Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """An unpacked package, the size of its zip file, and the name of its handler."""

    name: str
    root: Path
    zip_mb: float
    handler: str

    @property
    def table(self) -> str:
        """The name of its table. Both packages of the service share one."""
        return f"bench-{PIP.get(self.name, 'models' if self.name == PYNAMODB else 'service')}"

    @contextmanager
    def running(self, store: str, **more: str) -> Iterator["HandlerProcess"]:
        """Run the package in a new Python process, with nothing else on its path."""
        command = [*PYTHON, str(HERE / "handler_process.py"), self.handler]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command, cwd=self.root, env=self._environment(store) | more,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
            try:
                yield HandlerProcess(self, process, errors)
            finally:
                cast("IO[bytes]", process.stdin).close()
                process.wait()
                cast("IO[bytes]", process.stdout).close()

    def _environment(self, store: str) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_DYNAMODB": store,
            "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "x" * 40,
            "AWS_SESSION_TOKEN": "x" * 900,
            "HOME": str(self.root),  # has no .aws folder
            "PYTHONHASHSEED": "0",  # the same request always has the same bytes
            "PYTHONPATH": str(self.root),
            "TABLE_NAME": self.table,
        }


@dataclass(frozen=True)
class HandlerProcess:
    """A running variant."""

    variant: Variant
    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def send(self, event: Mapping[str, Any], times: int = 1) -> Json:
        """Handle an event so many times, and return the last response and the measurements.

        Exits the program if the process has ended.
        """
        command = json.dumps({"event": json.dumps(event), "times": times})
        pipe = cast("IO[bytes]", self.process.stdin)
        try:
            pipe.write(command.encode() + b"\n")
            pipe.flush()
        except BrokenPipeError:
            pass  # the reason is on stderr
        line = cast("IO[bytes]", self.process.stdout).readline()
        if not line:
            self.errors.seek(0)
            sys.exit(f"{self.variant.name} ended: {self.errors.read().decode()}")
        result: Json = json.loads(line)
        return result


def build_packages(folder: Path) -> dict[str, Variant]:
    """Package all variants, and unpack them below a folder."""
    zips = {name: _package_with_pip(folder / peer, PEERS / peer) for name, peer in PIP.items()}
    zips[PYNAMODB] = _package_with_chalice(folder / "chalice_pynamodb", PEERS / "chalice_pynamodb")
    zips[PLAIN] = folder / "plain/deployment.zip"
    _run(str(Path(sys.executable).with_name("chalice")), "package", "--stage", "dev", str(folder / "plain"))
    return {OURS: build_service(folder), **{name: _unpack(name, file) for name, file in zips.items()}}


def build_service(folder: Path) -> Variant:
    """Package the service as it is deployed, and unpack it below a folder."""
    _run(sys.executable, "-m", "infra.package", "--stage", "dev", "--out", str(folder / "built"))
    return _unpack(OURS, folder / "built/dev/deployment.zip")


def _package_with_pip(folder: Path, peer: Path) -> Path:
    """Zip the sources and what pip installed, without bytecode, which is not valid after unzipping."""
    ignored = shutil.ignore_patterns("__pycache__", "bin", "requirements.txt")
    for source in (INSTALLED / peer.name, PEERS / "shared", peer):
        shutil.copytree(source, folder / "content", ignore=ignored, dirs_exist_ok=True)
    return Path(shutil.make_archive(str(folder / "deployment"), "zip", folder / "content"))


def _package_with_chalice(folder: Path, peer: Path) -> Path:
    project = folder / "project"
    shutil.copytree(PEERS / "shared", project / "vendor", ignore=shutil.ignore_patterns("__pycache__"))
    for file in peer.iterdir():
        if file.is_file():
            shutil.copy(file, project if file.stem in ("app", "requirements") else project / "vendor")
    (project / ".chalice").mkdir()
    (project / ".chalice/config.json").write_text('{"version": "2.0", "app_name": "bench", "stages": {"dev": {}}}')
    environment = {"TABLE_NAME": "bench", "PYTHONPATH": str(project / "vendor")}
    _run(str(Path(sys.executable).with_name("chalice")), "package", str(folder / "out"), cwd=project, **environment)
    return folder / "out/deployment.zip"


def _run(*command: str, cwd: Path = HERE.parent, **environment: str) -> None:
    variables = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ | environment
    subprocess.run(command, cwd=cwd, env=variables, check=True, stdout=subprocess.DEVNULL)


def _unpack(name: str, package: Path) -> Variant:
    root = package.parent / "unpacked"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(root)
    return Variant(name, root, package.stat().st_size / 1e6, "handler" if name in PIP else "app")
