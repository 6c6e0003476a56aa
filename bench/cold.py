"""`python -m bench.cold [--rounds 15]`: what a cold start costs, and what the package's own build step is worth.

Every round starts a fresh Python for each variant in turn, with nothing on its path but the unpacked package. It
imports the app and answers one list of actions; DynamoDB is another process. The results are kept in bench/results.
"""

import argparse
import compileall
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import IO, Any, cast

from bench import dynamo

HERE = Path(__file__).parent
PACKAGES = ("chalice", "pynamodb", "botocore", "urllib3", "voluptuous")
BUILT, PLAIN, LEAST = VARIANTS = ("as built", "plain `chalice package`", "as built, botocore from outside")
MEASURES = {
    "zip_mb": "zip, MB",
    "cpu_ms": "CPU until the first answer, ms",
    "wall_ms": "time until the first answer, ms",
    "rss_mb": "peak memory, MB",
    "modules": "modules imported",
}
PYTHON = (sys.executable, "-S", "-B")  # without site-packages, and writing no bytecode that a later round could use
CHILD = """
import json, os, sys, app
answer = app.app(json.load(sys.stdin), None)
print(answer["statusCode"], len(json.loads(answer["body"])), len(sys.modules), flush=True)
os._exit(0)
"""
Sample = dict[str, float]


@dataclass(frozen=True)
class Variant:
    """A package, and the folders that are its path once it is unpacked."""

    package: Path
    path: tuple[Path, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and writes the results."""
    parser = argparse.ArgumentParser(prog="bench.cold", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory() as folder, dynamo.serving() as store:
        variants = _variants(Path(folder))
        samples = _measure(variants, store, rounds)
        results = _results(variants, samples)
    table = _table(results)
    (HERE / "results/cold.json").write_text(json.dumps(results | {"samples": samples}, indent=1) + "\n")
    (HERE / "results/cold.md").write_text(table)
    sys.stdout.write(table)


def _variants(folder: Path) -> dict[str, Variant]:
    built, plain, least, runtime = (folder / name for name in ("built", "plain", "least", "runtime"))
    chalice = Path(sys.executable).with_name("chalice")
    _run(sys.executable, "-m", "infra.package", "--stage", "dev", "--out", str(built))
    _run(str(chalice), "package", "--stage", "dev", str(plain))
    _leave_out_botocore(built / "deployment.zip", least)
    _copy_botocore(runtime)
    packages = {BUILT: (built, ()), PLAIN: (plain, ()), LEAST: (least, (runtime,))}
    return {name: _unpacked(place / "deployment.zip", *more) for name, (place, more) in packages.items()}


def _run(*command: str) -> None:
    # Imported here, the builder would weigh on every child: Linux counts what it was forked from in its peak memory.
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ
    subprocess.run(command, cwd=HERE.parent, env=environment, check=True, stdout=subprocess.DEVNULL)


def _leave_out_botocore(package: Path, folder: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(package) as whole, zipfile.ZipFile(folder / package.name, "w") as rest:
        for entry in whole.infolist():
            if not entry.filename.startswith("botocore/"):
                rest.writestr(entry, whole.read(entry), zipfile.ZIP_DEFLATED, 9)


def _copy_botocore(folder: Path) -> None:
    """All of botocore with its bytecode, in place of the one that Lambda's runtime has."""
    installed = Path(str(importlib.metadata.distribution("botocore").locate_file("botocore")))
    shutil.copytree(installed, folder / "botocore", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=1)


def _unpacked(package: Path, *more: Path) -> Variant:
    root = package.with_suffix("")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(root)
    return Variant(package, (root, *more))


def _measure(variants: dict[str, Variant], store: str, rounds: int) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, variant in variants.items():
            sample = _first_answer(variant, store)
            if number:  # the first one reads the files from the disk
                samples[name].append(sample)
    return samples


def _first_answer(variant: Variant, store: str) -> Sample:
    with (HERE / "event.json").open() as event, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*PYTHON, "-c", CHILD], cwd=variant.path[0], env=_environment(variant, store),
            stdin=event, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        with cast("IO[bytes]", process.stdout) as pipe:
            said = pipe.readline().split()
            wall = time.perf_counter() - began
        _, process.returncode, usage = os.wait4(process.pid, 0)
        if said[:2] != [b"200", b"1"]:
            errors.seek(0)
            sys.exit(f"the answer is {said}: {errors.read().decode()}")
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    sample = {"cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "rss_mb": memory / 1e6, "modules": int(said[2])}
    return {measure: round(value, 1) for measure, value in sample.items()}


def _environment(variant: Variant, store: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": store,
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "x" * 40,
        "AWS_SESSION_TOKEN": "x" * 900,
        "HOME": str(variant.path[0]),  # where no .aws is
        "PYTHONPATH": ":".join(map(str, variant.path)),
    }


def _results(variants: dict[str, Variant], samples: dict[str, list[Sample]]) -> dict[str, Any]:
    medians = {
        name: {"zip_mb": variant.package.stat().st_size / 1e6}
        | {measure: median(sample[measure] for sample in samples[name]) for measure in samples[name][0]}
        for name, variant in variants.items()
    }
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} x {_processor()}",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "rounds": len(samples[BUILT]),
        "medians": medians,
        "ratios": {name: _ratios(mine, medians[PLAIN]) for name, mine in medians.items()},
    }


def _ratios(mine: Sample, base: Sample) -> Sample:
    return {measure: round(value / base[measure], 2) for measure, value in mine.items()}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _table(results: dict[str, Any]) -> str:
    medians, ratios = results["medians"], results["ratios"]
    versions = ", ".join(f"{name} {version}" for name, version in results["packages"].items())
    lines = [
        "# Cold start\n",
        f"`python -m bench.cold`, {results['date']}. {results['machine']}. Python {results['python']}, {versions}.",
        f"Medians of {results['rounds']} rounds; in brackets their ratio to those of {PLAIN}. The last column leaves",
        "botocore out of the zip and finds all of it, compiled, behind the package, as in Lambda's own runtime.\n",
        f"| | {' | '.join(VARIANTS)} |",
        f"|---|{'---:|' * len(VARIANTS)}",
    ]
    for measure, title in MEASURES.items():
        cells = (f"{medians[name][measure]:.3g} ({ratios[name][measure]:.2f})" for name in VARIANTS)
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
