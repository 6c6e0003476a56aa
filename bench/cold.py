"""Measure each variant from the start of Python to the first response, over TLS, in turn."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.variants import Variant

Json = dict[str, Any]
Samples = dict[str, dict[str, list[float]]]  # the value of each round, by variant and measure

MEASURES = {
    "cpu_ms": "CPU until the first response, ms",
    "wall_ms": "time until the first response, ms",
    "rss_mb": "peak memory until then, MB",
    "modules": "modules imported",
}


def create_certificate(folder: Path) -> Path:
    """Create a self-signed certificate for this machine and its key, in one file."""
    file = folder / "store.pem"
    subject = ["-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1", "-nodes"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", str(file)]
    openssl = shutil.which("openssl") or sys.exit("openssl is needed to create a certificate, and is not installed.")
    created = subprocess.run([openssl, "req", "-x509", *key, *subject], capture_output=True, check=True)
    with file.open("ab") as both:
        both.write(created.stdout)
    return file


def measure(variants: Iterable[Variant], event: Json, store: str, certificate: Path, rounds: int) -> Samples:
    """Return samples of all variants."""
    variants = list(variants)
    samples: Samples = {variant.name: {measure: [] for measure in MEASURES} for variant in variants}
    bundles = {variant.name: _create_bundle(variant, certificate) for variant in variants}
    for number in range(rounds + 1):
        for variant in variants:
            sample = _measure_first_response(variant, event, store, bundles[variant.name])
            if number:  # the first round does not count, because it reads the files from the disk
                for measure, value in sample.items():
                    samples[variant.name][measure].append(value)
    return samples


def _create_bundle(variant: Variant, certificate: Path) -> Path:
    """Add a certificate to the authorities in the package, so that each variant still reads all of its own."""
    bundle = variant.root.with_suffix(".pem")
    bundle.write_text((variant.root / "botocore/cacert.pem").read_text() + certificate.read_text())
    return bundle


def _measure_first_response(variant: Variant, event: Json, store: str, bundle: Path) -> dict[str, float]:
    start = time.perf_counter()
    with variant.running(store, AWS_CA_BUNDLE=str(bundle)) as process:
        result = process.send(event)
        wall = time.perf_counter() - start
    response = result["response"]
    if response["statusCode"] != 200:
        sys.exit(f"{variant.name} returns {response['statusCode']}: {response['body']}")
    sample = {
        **{name: result[name] for name in ("rss_mb", "modules")},
        "cpu_ms": result["total_ms"],
        "wall_ms": wall * 1e3,
    }
    return {measure: round(value, 1) for measure, value in sample.items()}
