"""A generator of bad requests to the calls of the OpenAPI document: bodies, forms, paths, queries, cursors, headers.

A generator with the same seed yields the same requests. Some of them are valid by chance.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.validation.types import Cursor
from tests.support.bad_values import COMMON, TARGET_TEXTS, body_fields, operations, parameters, wrong_values

Json = dict[str, Any]

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MEDIA_TYPES = [JSON, JSON, JSON, FORM, "application/merge-patch+json", "", "text/plain", "application/json;charset=x"]
HEADERS = {
    "Accept": [
        "*/*",
        "application/json;q=0",
        "text/html",
        ",;=",
        "x" * 5_000,
        "json",
        "text/html;q=x, *",
        "a/b;q=1" * 400,
    ],
    "Accept-Encoding": ["gzip", "gzip;q=0", "*", "gzip;q=x", ",;=", "gzip," * 800, "x" * 5_000],
    "Idempotency-Key": ["", "a", "b", "x" * 255, "x" * 256, "\xe9"],
    "If-Match": ["*", '"x"', "W/", "", '"' * 5_000],
    "If-None-Match": ["*", "W/" * 2_500, '"x",' * 500],
    "Origin": ["null", "https://evil.example", "x" * 5_000],
    "Prefer": ["handling=lenient", "handling=lenient," * 300, "=", 'x, handling = "lenient";a=b', ";,=,"],
    "X-Forwarded-Proto": ["https", "javascript"],
}
WRONG_CREDENTIALS = [
    "Basic",
    "Basic =",
    "Basic " + "eDp4" * 500,
    "Bearer x",
    "Bearer 1-" + "a" * 5_000,
    "x" * 3_000,
    "",
]
POSITIONS: list[Any] = [
    *(None, True, 0, 1, -1, 10**30, 1.5, "", "x", "9" * 2_000, [], {}, [1], [10**30], [-1], [True], [None, 1], [[]]),
    *([1, "ITEM#1"], [1, "x"], [[False, "x"], 1], [[False, 1], 1], [[True, None], 1], [[True, 1], 1], [[None], 1], "~"),
    *(f"{name}#" for name in ("ACTION", "ACTIVITY", "ARCHIVE", "COMMENT", "DELEGATION#OPEN", "EVENT", "ITEM", "USER")),
    *(f"{name}#{'5' * count}" for name in ("ACTIVITY", "EVENT", "ITEM") for count in (1, 16, 101, 1_024, 3_000)),
]
SORTS = ["title", "-title", "due,-progress", "id", "assignee,title"]
IDS = [*map(str, range(1, 60)), "a" * 9, "a" * 24, "1-" + "a" * 16, "9" * 16]
MAX_TARGET = 9_000  # bytes; longer ones are refused before anything else is looked at
UNSAFE = ("credentials", "/settings", "/session")  # could end the credential of the generator


@dataclass(frozen=True)
class BadRequest:
    """A request as it is sent, except for the credential. `authorization` replaces it."""

    method: str
    target: bytes
    headers: Json = field(default_factory=dict)
    body: bytes = b""
    authorization: str | None = None


class Generator:
    """Yields bad requests. `account` is the account of the credential that they are sent with."""

    def __init__(self, seed: int, account: int) -> None:
        self._random = Random(seed)
        self._account = account
        self._calls = list(operations())
        self._lists = [path for _, path, one in self._calls if "cursor" in parameters(one, "query")]
        self._wrong: dict[str, list[Any]] = {}

    def requests(self, count: int) -> Iterator[BadRequest]:
        """Yield so many requests."""
        kinds = [self._bad_body, self._bad_body, self._bad_bytes, self._bad_form, self._bad_query, self._bad_cursor]
        kinds += [self._bad_path, self._bad_headers, self._bad_page]
        for _ in range(count):
            yield self._random.choice(kinds)()

    def _one_of(self, choices: Sequence[Any]) -> Any:
        return self._random.choice(choices)

    def _wrong_values(self, schema: Json) -> list[Any]:
        text = json.dumps(schema)
        if text not in self._wrong:
            self._wrong[text] = wrong_values(schema) or COMMON
        return self._wrong[text]

    def _call_with_body(self) -> tuple[str, str, Json]:
        while True:
            method, path, operation = self._one_of(self._calls)
            if fields := body_fields(operation):
                return method, self._fill(path), fields

    def _fill(self, path: str) -> str:
        """Return a path with ids, of which some exist."""
        parts = path.split("/")
        return "/".join(self._one_of(IDS) if part.startswith("{") else part for part in parts)

    def _body(self, fields: Json) -> Json:
        """Return an object with a few fields, of which most are wrong."""
        names = self._random.sample(list(fields), min(len(fields), self._random.randint(1, 4)))
        body = {name: self._one_of(self._wrong_values(fields[name])) for name in names}
        if self._random.random() < 0.2:
            body[self._one_of(["x", "nmae", "\ud800", "n" * 5_000, "~/", "", "__proto__"])] = self._one_of(COMMON)
        return body

    def _bad_body(self) -> BadRequest:
        method, path, fields = self._call_with_body()
        body: Any = self._body(fields)
        if self._random.random() < 0.1:
            body = self._one_of(COMMON)
        if self._random.random() < 0.02:
            body = {self._one_of(list(fields)): "x" * self._one_of([399_999, 400_001, 900_000, 1_100_000])}
        content = json.dumps(body, ensure_ascii=self._random.random() < 0.5).encode(errors="surrogatepass")
        return BadRequest(method, path.encode(), {"Content-Type": self._one_of(MEDIA_TYPES)}, content)

    def _bad_bytes(self) -> BadRequest:
        method, path, fields = self._call_with_body()
        content = bytearray(json.dumps(self._body(fields)).encode()[:2_000])
        for _ in range(self._random.randint(1, 5)):
            place = self._random.randrange(len(content) + 1)
            content[place : place + self._random.randint(0, 3)] = self._random.randbytes(self._random.randint(0, 3))
        if self._random.random() < 0.2:
            content = bytearray(self._one_of([b"[", b'{"a":', b'{"name":[', b"\\", b'"'])) * self._one_of(
                [17, 999, 20_000]
            )
        return BadRequest(method, path.encode(), {"Content-Type": self._one_of(MEDIA_TYPES)}, bytes(content))

    def _bad_form(self) -> BadRequest:
        method, path, fields = self._call_with_body()
        suffixes = ["", "", "[]", "[name]", "[][name]", "[0][id]", "[", "]", "[][]", "[a]" * 17]
        suffixes += ["[0]", "[7][name]", "[00]", "[999999999]", "[9999999999]", "[-1]", "[0][0]", "[][0]"]
        texts = [*TARGET_TEXTS, *(quote(one, errors="replace") for one in COMMON if isinstance(one, str))]
        pairs = [
            f"{self._one_of([*fields, 'x', '%00', '%FF'])}{self._one_of(suffixes)}={self._one_of(texts)}"
            for _ in range(self._random.randint(1, 6))
        ]
        return BadRequest(method, path.encode(), {"Content-Type": FORM}, "&".join(pairs).encode())

    def _bad_query(self) -> BadRequest:
        method, path, operation = self._one_of(self._calls)
        names = [*parameters(operation, "query"), "x", "_", "%00", "sort", "fields", "format"]
        pairs = [f"{self._one_of(names)}={self._one_of(TARGET_TEXTS)}" for _ in range(self._random.randint(1, 4))]
        return self._read(method, f"{self._fill(path)}?{'&'.join(pairs)}")

    def _bad_page(self) -> BadRequest:
        numbers = ["0", "1", "2", "250", "251", "1000000", "1000001", "9" * 15, "9" * 16, "-1", "1.5", "x", ""]
        names = self._random.sample(["page", "per_page", "limit", "cursor"], self._random.randint(1, 3))
        pairs = [f"{name}={self._one_of(numbers)}" for name in names]
        return self._read("GET", f"{self._fill(self._one_of(self._lists))}?{'&'.join(pairs)}")

    def _bad_cursor(self) -> BadRequest:
        path = self._fill(self._one_of(self._lists))
        sort = self._one_of(SORTS).split(",") if self._random.random() < 0.3 else []
        parts = [self._account, path.replace("/api/workspace/", "/api/workspaces/"), sort, self._one_of(POSITIONS)]
        if self._random.random() < 0.2:
            parts[self._random.randrange(4)] = self._one_of([None, 2, "/api/activities", [], {}])
        cursor = Cursor.write(parts)
        if self._random.random() < 0.2:
            cursor = cursor[self._random.randint(0, 9) : -self._random.randint(1, 9)] + self._one_of(
                ["", "=", "%FF", "é"]
            )
        query = {"cursor": cursor} | ({"sort": ",".join(sort)} if sort else {})
        return self._read("GET", f"{path}?{urlencode(query)}")

    def _bad_path(self) -> BadRequest:
        method, path, _ = self._one_of(self._calls)
        parts = path.split("/")
        place = self._random.randrange(1, len(parts))
        filled = self._fill(path).split("/")
        filled[place] = self._one_of(TARGET_TEXTS)
        return self._read(method, "/".join(filled))

    def _bad_headers(self) -> BadRequest:
        method, path, _ = self._one_of(self._calls)
        names = self._random.sample(list(HEADERS), self._random.randint(1, 2))
        headers = {name: self._one_of(HEADERS[name]) for name in names}
        wrong = self._one_of(WRONG_CREDENTIALS) if self._random.random() < 0.3 else None
        return BadRequest(method, self._fill(path).encode(), headers, b"[", wrong)

    def _read(self, method: str, target: str) -> BadRequest:
        """Return a request without a body. Calls that could end the credential are only read."""
        if any(part in target for part in UNSAFE):
            method = "GET"
        target = quote(target[:MAX_TARGET], safe="/?&=%;:@!$'()*+,~#[]{}\"<>|\\^`")
        return BadRequest(method, target.encode())
