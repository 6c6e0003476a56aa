"""`make package STAGE=dev`: the Lambda package and the CloudFormation template, in out/STAGE.

`chalice package` does the work; what this adds is what makes a cold start short. Of botocore only the data of the
services that are used stays (14 MB less, and see slim.py), and everything is compiled beforehand: bytecode that is
checked by hash, since zip files keep times only to two seconds. The same commit gives the same bytes: files are sorted,
without times.
"""

import argparse
import fcntl
import importlib.util
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from chalice.package import TemplateDeepMerger, YAMLTemplateSerializer

from infra import trimming

PROJECT = Path(__file__).parent.parent
STAGES = ("dev", "prod")
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: the first that a zip file can hold
PLAIN_FILE = 0o100644 << 16
NEVER_RUN = (".pyi", ".pyc", ".typed", ".c", ".h")  # nothing reads these; bytecode that came along is made anew
OURS = ("app.py", "chalicelib/")
MACHINE_CODE = ".so"  # of one processor; MarkupSafe, whose only it is, has the same in Python
NEVER_IMPORTED = (  # parts of packages for recurring dates, for Windows, for browsers, and for templates of strangers
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
    """Builds the package of one stage."""
    parser = argparse.ArgumentParser(prog="infra.package", description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--out", type=Path, help="the folder to write to, out/STAGE unless it is given")
    options = parser.parse_args(arguments)
    out = build(options.stage, options.out or PROJECT / "out" / options.stage)
    size = (out / "deployment.zip").stat().st_size
    print(f"{out / 'deployment.zip'}: {size / 1e6:.2f} MB, {out / 'sam.json'}")


def build(stage: str, out: Path) -> Path:
    """Chalice's package and template of a stage, the package made small and compiled."""
    shutil.rmtree(out, ignore_errors=True)
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ  # botocore wants one to import the app
    command = [str(Path(sys.executable).parent / "chalice"), "package", "--stage", stage, str(out)]
    with (PROJECT / ".chalice/lock").open("w") as lock:  # Chalice keeps what it downloads in one place
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with zipfile.ZipFile(out / "deployment.zip") as archive:
            archive.extractall(root)
        _trim(root)
        trimming.slim(root)
        _compile(root)
        _pack(root, out / "deployment.zip")
    _merge(stage, out / "sam.json")
    return out


def _merge(stage: str, file: Path) -> None:
    """Puts what infra/template.yaml and the stage's own say over Chalice's template."""
    template = json.loads(file.read_text())
    for name in ("template.yaml", f"template.{stage}.yaml"):
        part = PROJECT / "infra" / name
        if part.exists():
            more = YAMLTemplateSerializer().load_template(part.read_text(), name)
            template = TemplateDeepMerger().merge(more, template)
    file.write_text(json.dumps(template, indent=1, sort_keys=True))


def _trim(root: Path) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()) or path.suffix in (".data", ".dist-info"):
                shutil.rmtree(path)
        elif _is_idle(path.relative_to(root)):
            path.unlink()


def _is_idle(path: Path) -> bool:
    kinds = (*NEVER_RUN, MACHINE_CODE)
    return path.suffix in kinds or path.as_posix().startswith(NEVER_IMPORTED) or _is_of_another_service(path)


def _is_of_another_service(path: Path) -> bool:
    parts = path.parts
    return parts[:2] == ("botocore", "data") and len(parts) > 3 and parts[2] not in trimming.OPERATIONS


def _compile(root: Path) -> None:
    """Packages without docstrings, which nobody reads there and each cold start would: 4 ms.

    Ours keep them: dataclasses make one where there is none, which takes longer.
    """
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for path in sorted(root.rglob("*.py")):
        shown = str(path.relative_to(root))  # in tracebacks, and the same wherever it is built
        usual = importlib.util.cache_from_source(str(path), optimization="")  # Lambda looks for no other name
        level = 0 if shown.startswith(OURS) else 2
        py_compile.compile(str(path), usual, shown, doraise=True, optimize=level, invalidation_mode=unchecked)


def _pack(root: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in _files(root):
            entry = zipfile.ZipInfo(str(PurePosixPath(path.relative_to(root))), MOMENT)
            entry.external_attr, entry.compress_type = PLAIN_FILE, zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


def _files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file())


if __name__ == "__main__":
    main()
