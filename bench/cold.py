"""From the start of Python to the first answer, over TLS, of each variant's package in turn."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.variants import Variant

Json = dict[str, Any]
Samples = dict[str, dict[str, list[float]]]  # variant, measure, value in each round

MEASURES = {
    "cpu_ms": "CPU until the first answer, ms",
    "wall_ms": "time until the first answer, ms",
    "rss_mb": "memory after it, at most, MB",
    "modules": "modules imported",
}


def certificate(folder: Path) -> Path:
    """A certificate for this machine that nobody else has signed, and its key, in one file."""
    file = folder / "store.pem"
    subject = ["-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1", "-nodes"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", str(file)]
    openssl = shutil.which("openssl") or sys.exit("openssl is not installed; it makes the certificate")
    made = subprocess.run([openssl, "req", "-x509", *key, *subject], capture_output=True, check=True)
    with file.open("ab") as both:
        both.write(made.stdout)
    return file


def measure(variants: Iterable[Variant], event: Json, store: str, trusted: Path, rounds: int) -> Samples:
    """Samples of every variant."""
    variants = list(variants)
    samples: Samples = {variant.name: {measure: [] for measure in MEASURES} for variant in variants}
    bundles = {variant.name: _bundle(variant, trusted) for variant in variants}
    for number in range(rounds + 1):
        for variant in variants:
            sample = _first_answer(variant, event, store, bundles[variant.name])
            if number:  # the first one reads the files from the disk
                for measure, value in sample.items():
                    samples[variant.name][measure].append(value)
    return samples


def _bundle(variant: Variant, trusted: Path) -> Path:
    """The authorities that come with the package and one more: each variant still reads all of its own."""
    bundle = variant.root.with_suffix(".pem")
    bundle.write_text((variant.root / "botocore/cacert.pem").read_text() + trusted.read_text())
    return bundle


def _first_answer(variant: Variant, event: Json, store: str, bundle: Path) -> dict[str, float]:
    began = time.perf_counter()
    with variant.running(store, AWS_CA_BUNDLE=str(bundle)) as child:
        told = child.ask(event)
        wall = time.perf_counter() - began
    if told["answer"]["statusCode"] != 200:
        sys.exit(f"{variant.name} answers {told['answer']['statusCode']}: {told['answer']['body']}")
    sample = {"cpu_ms": told["total_ms"], "wall_ms": wall * 1e3, "rss_mb": told["rss_mb"], "modules": told["modules"]}
    return {measure: round(value, 1) for measure, value in sample.items()}
