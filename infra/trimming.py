"""What the package leaves out of botocore and what comes with it, without a change of what they do here.

All of it would be read, parsed or imported in every cold start, and none of it is used.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPERATIONS = {  # by service, as the deployment's policies allow them
    "dynamodb": {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"},
    "sesv2": {"SendEmail"},
}
PLACES = ("dynamodb", "email")  # what these services are called where their addresses are
ROOTS = ("Amazon Root CA", "Starfield Services Root")  # that sign all of AWS, as Amazon Trust Services lists them
EMPTY = '"""Left empty: nothing here is used."""\n'
HELP = '''"""What botocore would show in help() is left out."""


class ClientMethodDocstring(str):
    def __new__(cls, *_, **__):
        return super().__new__(cls)

    def __init__(self, *_, **__):
        pass


PaginatorDocstring = WaiterDocstring = ClientMethodDocstring
'''
LATER = '''"""The parser is imported by whoever pages through lists or waits for something: nobody here."""


def compile(expression):
    from jmespath import parser

    return parser.Parser().parse(expression)


def search(expression, data, options=None):
    return compile(expression).search(data, options=options)
'''
REPLACED = {
    "botocore/docs/__init__.py": EMPTY,  # 8 ms, for texts of help()
    "botocore/docs/docstring.py": HELP,
    "jmespath/__init__.py": LATER,  # 2 ms
    "urllib3/http2/__init__.py": EMPTY,  # 6 ms; HTTP/2 has to be asked for
}
# Five regular expressions are made of the nine ways to write an IPv6 address: 7 ms. AWS is addressed by names.
ADDRESSES = ("botocore/compat.py", "urllib3/util/url.py")
IPV6 = 'IPV6_PAT = "(?:" + "|".join([x % _subs for x in _variations]) + ")"'
ROUGHLY_IPV6 = 'IPV6_PAT = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"'


def slim(root: Path) -> None:
    """Takes it out of an unpacked package."""
    for name, text in REPLACED.items():
        (root / name).write_text(text)
    for name in ADDRESSES:
        _simplify(root / name, IPV6, ROUGHLY_IPV6)
    data = root / "botocore/data"
    for service, operations in OPERATIONS.items():
        for model in (data / service).rglob("service-2.json.gz"):
            _rewrite(model, _shortened(json.loads(gzip.decompress(model.read_bytes())), operations))
    _place(data / "endpoints.json")
    _trust(root / "botocore/cacert.pem")


def _simplify(file: Path, old: str, new: str) -> None:
    before, after = file.read_text().split(old)  # once, or this is another version of it
    file.write_text(before + new + after)


def _shortened(model: Any, operations: set[str]) -> Any:
    """A service's model with these operations, what they consist of, and without texts, which are most of it."""
    kept = {name: one for name, one in model["operations"].items() if name in operations}
    shapes: dict[str, Any] = {}
    wanted = list(_named(kept))
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _named(shapes[name])
    return _undocumented(model | {"operations": kept, "shapes": shapes})


def _named(part: Any) -> Iterator[str]:
    """The shapes that a part of a model refers to."""
    if isinstance(part, dict) and isinstance(part.get("shape"), str):
        yield part["shape"]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for one in inner:
        yield from _named(one)


def _undocumented(model: Any) -> Any:
    if isinstance(model, list):
        return [_undocumented(one) for one in model]
    if not isinstance(model, dict):
        return model
    return {name: _undocumented(one) for name, one in model.items() if name != "documentation" or isinstance(one, dict)}


def _place(file: Path) -> None:
    """Leaves the addresses of the services that are used, in every region: 25 ms, and 8 MB of memory."""
    known = json.loads(file.read_text())
    for partition in known["partitions"]:
        partition["services"] = {name: partition["services"][name] for name in PLACES if name in partition["services"]}
    file.write_text(json.dumps(known))


def _rewrite(file: Path, model: Any) -> None:
    file.write_bytes(gzip.compress(json.dumps(model).encode(), mtime=0))


def _trust(file: Path) -> None:
    """Leaves Amazon's certificate authorities alone: 20 ms."""
    authorities = file.read_text().split("# Issuer: ")
    kept = [one for one in authorities if any(f'Label: "{root}' in one for root in ROOTS)]
    file.write_text("".join(f"# Issuer: {one}" for one in kept))
