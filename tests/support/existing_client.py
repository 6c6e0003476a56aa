"""A client as existing ones are, with the habits that clients of the OrganisedMinds API have."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

LARGEST_PAGE = 250
Json = Any


class Refused(Exception):
    """What the service says is wrong: clients read `message` and nothing else."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.json()["message"])
        self.status = answer.status_code


class ExistingClient:
    """Signs in by OAuth 2, and then asks as such clients do.

    Every request says that it is JSON, also where it has no body. Flags are sent as text. Whatever is deleted, the
    archive is spoken of. Lists are read page by page. A new activity was made only if the answer is 200.
    """

    def __init__(self, url: str, key: str, secret: str, **more: Any) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, **more)
        self._http.headers["Content-Type"] = "application/json"
        pair = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
        token = self._ask("POST", "/oauth/token?scope=read+write", json=pair)
        self._http.headers["Authorization"] = f"{token['token_type'].title()} {token['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Json:
        """What is at a path."""
        return self._ask("GET", path, params=query)

    def all(self, path: str, per_page: int = LARGEST_PAGE) -> Iterator[Json]:
        """Everything in a list: pages are asked for until one is not full."""
        page, found = 1, [None] * per_page
        while len(found) == per_page:
            found = self._ask("GET", path, params={"page": page, "per_page": per_page})
            yield from found
            page += 1

    def post(self, path: str, **fields: Any) -> Json:
        """What has been made."""
        return self._ask("POST", path, json=_sent(fields))

    def new_activity(self, **fields: Any) -> Json:
        """A new activity; any other answer than 200 is taken for a failure."""
        answer = self._http.post("/api/activities", json=_sent(fields))
        if answer.status_code != 200:
            raise Refused(answer)
        return answer.json()

    def put(self, path: str, **fields: Any) -> Json:
        """What has been changed."""
        return self._ask("PUT", path, json=_sent(fields)) if fields else self._ask("PUT", path)

    def delete(self, path: str, *, archive_items: bool = False) -> None:
        """Removes what is at a path."""
        self._ask("DELETE", path, params={"archive_items": str(archive_items).lower()})

    def _ask(self, method: str, path: str, **more: Any) -> Json:
        answer = self._http.request(method, path, **more)
        if answer.status_code >= 400:
            raise Refused(answer)
        return answer.json() if answer.content else None


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
