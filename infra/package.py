"""`make package STAGE=dev`: build the Lambda package and the CloudFormation template of a stage, in out/STAGE.

`chalice package` does most of the work. This module then makes the package small and its cold start short:

- Packages are downloaded as wheels for Lambda and checked against the hashes in requirements.txt.
- Files that Lambda never reads are removed, and botocore's data is trimmed (see trimming.py).
- Everything is compiled and ships as bytecode alone. The bytecode is of the kind that Python never compares with its
  source.

The same commit gives the same bytes: files are sorted and have no times.
"""

import argparse
import compileall
import fcntl
import io
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from chalice.package import TemplateDeepMerger, YAMLTemplateSerializer

from infra import api_definition, trimming

PROJECT = Path(__file__).parent.parent
STAGES = ("dev", "prod")
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}  # the names of Lambda's processors in the names of wheels
FILE_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can store
FILE_MODE = 0o100644 << 16
OWN_FILES = ("app.py", "chalicelib/")
# Type stubs, sources of extensions, bytecode from wheels, and machine code. Machine code would bind the package to one
# kind of processor. Only MarkupSafe contains some, and it contains the same in Python.
UNUSED_SUFFIXES = (".pyi", ".typed", ".c", ".h", ".pyc", ".so")
# Our modules for `chalice local`, and parts of dependencies for recurring dates, Windows, browsers and templates of
# strangers.
NEVER_IMPORTED = (
    "chalicelib/http/local_requests.py",
    "chalicelib/http/local_server.py",
    "dateutil/easter.py",
    "dateutil/rrule.py",
    "dateutil/tz/win.py",
    "dateutil/tzwin.py",
    "dateutil/zoneinfo/",
    "jinja2/ext.py",
    "jinja2/sandbox.py",
    "urllib3/contrib/emscripten/",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the packages of the stages that the command line names."""
    parser = argparse.ArgumentParser(prog="infra.package", description="Build the Lambda packages of stages.")
    parser.add_argument("--stage", choices=STAGES, default=["dev"], nargs="+")
    parser.add_argument("--out", type=Path, default=PROJECT / "out", help="the folder for a folder of each stage")
    options = parser.parse_args(arguments)
    for stage in options.stage:
        out = build(stage, options.out / stage)
        size = (out / "deployment.zip").stat().st_size
        print(f"{out / 'deployment.zip'}: {size / 1e6:.2f} MB, {out / 'sam.json'}")


def build(stage: str, out: Path) -> Path:
    """Write deployment.zip and sam.json of a stage to a folder, and return the folder."""
    shutil.rmtree(out, ignore_errors=True)
    _run_chalice(stage, out)
    archive = out / "deployment.zip"
    archive.write_bytes(_reduce(archive.read_bytes()))
    _merge_templates(stage, out / "sam.json")
    return out


@lru_cache(maxsize=1)
def _reduce(archive: bytes) -> bytes:
    """Return Chalice's archive, compiled and without what Lambda never reads. It is the same for all stages."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(root, [name for name in packed.namelist() if not _is_unused(PurePosixPath(name))])
        trimming.trim(root)
        _compile(root)
        return _pack(root)


def _run_chalice(stage: str, out: Path) -> None:
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ | pip_settings()  # importing the app needs a region
    command = [str(Path(sys.executable).parent / "chalice"), "package", "--stage", stage, str(out)]
    with (PROJECT / ".chalice/lock").open("w") as lock:  # parallel runs would share Chalice's folder for downloads
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Chalice uses its last archive again if all files in chalicelib are the same, and compiled ones are among them.
        compileall.compile_dir(PROJECT / "chalicelib", quiet=1)
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)


def pip_settings() -> dict[str, str]:
    """Return the settings with which pip downloads the wheels for Lambda in one step, and nothing without its hash.

    Without them, Chalice fetches the wheels for another processor in a second step, without hashes, and builds packages
    that have no wheel.
    """
    architecture = json.loads((PROJECT / ".chalice/config.json").read_text())["lambda_architecture"]
    return {
        "PIP_ONLY_BINARY": ":all:",
        "PIP_PLATFORM": f"manylinux2014_{MACHINES[architecture]}",
        "PIP_REQUIRE_HASHES": "1",
    }


def _merge_templates(stage: str, file: Path) -> None:
    """Merge infra/template.yaml and infra/template.STAGE.yaml into Chalice's template, and write it without spaces."""
    template = json.loads(file.read_text())
    for name in ("template.yaml", f"template.{stage}.yaml"):
        part = PROJECT / "infra" / name
        if part.exists():
            additions = YAMLTemplateSerializer().load_template(part.read_text(), name)
            template = TemplateDeepMerger().merge(additions, template)
    api_definition.shorten(template["Resources"]["RestAPI"]["Properties"])
    file.write_text(json.dumps(template, separators=(",", ":"), sort_keys=True))


def _is_unused(path: PurePosixPath) -> bool:
    is_metadata = any(folder.suffix in (".data", ".dist-info") for folder in path.parents)
    is_never_imported = str(path).startswith(NEVER_IMPORTED)
    return path.suffix in UNUSED_SUFFIXES or is_metadata or is_never_imported or _belongs_to_unused_service(path)


def _belongs_to_unused_service(path: PurePosixPath) -> bool:
    """Return whether a file is botocore's data of a service that is not in use: botocore/data/SERVICE/..."""
    parts = path.parts
    return parts[:2] == ("botocore", "data") and len(parts) > 3 and parts[2] not in trimming.OPERATIONS


def _compile(root: Path) -> None:
    """Replace each module by its bytecode. Ours keep their docstrings: dataclasses would create missing ones anew."""
    for path in sorted(root.rglob("*.py")):
        shown = path.relative_to(root).as_posix()  # the path in tracebacks; the same on every machine that builds
        optimize = 0 if shown.startswith(OWN_FILES) else 2
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        target = str(path.with_suffix(".pyc"))
        py_compile.compile(str(path), target, shown, doraise=True, optimize=optimize, invalidation_mode=unchecked)
        path.unlink()


def _pack(root: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in _files(root):
            entry = zipfile.ZipInfo(str(PurePosixPath(path.relative_to(root))), FILE_TIME)
            entry.external_attr, entry.compress_type = FILE_MODE, zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    return archive.getvalue()


def _files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file())


if __name__ == "__main__":
    main()
