"""What is compared: the service as built, and its peers, each as an unpacked Lambda package of its own."""

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
PIP = {  # packaged as their own tools do, by pip
    RAW: "raw",
    FASTAPI: "fastapi_mangum",
    POWERTOOLS: "powertools",
    FLASK: "flask_wsgi",
}
COMPARED = (OURS, RAW, FASTAPI, POWERTOOLS, FLASK, PYNAMODB)
PYTHON = (sys.executable, "-S", "-B")  # without site-packages, and writing no bytecode that a later round could use
Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """An unpacked package, the size of its zip file, and what it calls its handler."""

    name: str
    root: Path
    zip_mb: float
    handler: str

    @property
    def table(self) -> str:
        """The table that it works on; both packages of the service have the same data."""
        return f"bench-{PIP.get(self.name, 'models' if self.name == PYNAMODB else 'service')}"

    @contextmanager
    def running(self, store: str, **more: str) -> Iterator["Child"]:
        """The package in a fresh Python, with nothing else on its path."""
        command = [*PYTHON, str(HERE / "child.py"), self.handler]
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command, cwd=self.root, env=self._environment(store) | more,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
            try:
                yield Child(self, process, errors)
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
            "HOME": str(self.root),  # where no .aws is
            "PYTHONHASHSEED": "0",  # the same request is to be the same bytes
            "PYTHONPATH": str(self.root),
            "TABLE_NAME": self.table,
        }


@dataclass(frozen=True)
class Child:
    """A variant at work."""

    variant: Variant
    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def ask(self, event: Mapping[str, Any], times: int = 1) -> Json:
        """The answer to an event, and the CPU of one such request. Ends the program where the variant breaks."""
        line = json.dumps({"event": json.dumps(event), "times": times})
        pipe = cast("IO[bytes]", self.process.stdin)
        try:
            pipe.write(line.encode() + b"\n")
            pipe.flush()
        except BrokenPipeError:
            pass  # it says why below
        said = cast("IO[bytes]", self.process.stdout).readline()
        if not said:
            self.errors.seek(0)
            sys.exit(f"{self.variant.name} ended: {self.errors.read().decode()}")
        told: Json = json.loads(said)
        return told


def packaged(folder: Path) -> dict[str, Variant]:
    """All variants, packaged and unpacked below a folder."""
    zips = {name: _by_pip(folder / peer, PEERS / peer) for name, peer in PIP.items()}
    zips[PYNAMODB] = _by_chalice(folder / "chalice_pynamodb", PEERS / "chalice_pynamodb")
    zips[OURS], zips[PLAIN] = folder / "built/deployment.zip", folder / "plain/deployment.zip"
    _run(sys.executable, "-m", "infra.package", "--stage", "dev", "--out", str(folder / "built"))
    _run(str(Path(sys.executable).with_name("chalice")), "package", "--stage", "dev", str(folder / "plain"))
    return {name: _unpacked(name, file) for name, file in zips.items()}


def _by_pip(folder: Path, peer: Path) -> Path:
    """What pip installed beside the sources, without bytecode: such as there is does not survive a zip file."""
    left_out = shutil.ignore_patterns("__pycache__", "bin", "requirements.txt")
    for source in (INSTALLED / peer.name, PEERS / "shared", peer):
        shutil.copytree(source, folder / "content", ignore=left_out, dirs_exist_ok=True)
    return Path(shutil.make_archive(str(folder / "deployment"), "zip", folder / "content"))


def _by_chalice(folder: Path, peer: Path) -> Path:
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
    known = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ | environment
    subprocess.run(command, cwd=cwd, env=known, check=True, stdout=subprocess.DEVNULL)


def _unpacked(name: str, package: Path) -> Variant:
    root = package.parent / "unpacked"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(root)
    return Variant(name, root, package.stat().st_size / 1e6, "handler" if name in PIP else "app")
