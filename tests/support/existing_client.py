"""A client with the habits of clients that were written for the OrganisedMinds API."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

LARGEST_PAGE = 250
Json = Any


class Refused(Exception):
    """An error of the service. Such clients read its `message` and nothing else."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.json()["message"])
        self.status = answer.status_code


class ExistingClient:
    """A client that signs in by OAuth 2.

    It sends `Content-Type: application/json` with every request, and `{}` with every PUT and POST without fields. It
    sends booleans as text. When it deletes a workspace it always sends `archive_items`. It reads lists page by page,
    sends a filter without a value as an empty one, and takes any status but 200 for a failure when it creates an
    activity.
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

    def get(self, path: str, **query: str | None) -> Json:
        """Return the object or list at a path."""
        return self._ask("GET", path, params=query)

    def exists(self, path: str) -> bool:
        """Return whether there is something at a path, by asking for its headers."""
        return self._http.head(path).is_success

    def all(self, path: str, per_page: int = LARGEST_PAGE) -> Iterator[Json]:
        """Yield the objects of a list. Ask for pages until one is not full."""
        page, found = 1, [None] * per_page
        while len(found) == per_page:
            found = self._ask("GET", path, params={"page": page, "per_page": per_page})
            yield from found
            page += 1

    def post(self, path: str, **fields: Any) -> Json:
        """Create an object, and return it."""
        return self._ask("POST", path, json=_sent(fields))

    def new_activity(self, **fields: Any) -> Json:
        """Create an activity. Any status but 200 is a failure."""
        answer = self._http.post("/api/activities", json=_sent(fields))
        if answer.status_code != 200:
            raise Refused(answer)
        return answer.json()

    def put(self, path: str, **fields: Any) -> Json:
        """Change an object, and return it."""
        return self._ask("PUT", path, json=_sent(fields))

    def delegate(self, path: str, *, delegee_slug: str | None = None, sign_off: bool = False, **fields: Any) -> Json:
        """Delegate the activity at a path. The slug is sent even if an e-mail address names the delegee."""
        return self.put(f"{path}/delegate", **fields, delegee_slug=delegee_slug, sign_off=sign_off)

    def delete(self, path: str) -> Json:
        """Delete the object at a path, and return the answer, which mostly is empty."""
        return self._ask("DELETE", path)

    def delete_workspace(self, path: str, *, archive_items: bool = False) -> None:
        """Delete the workspace at a path."""
        self._ask("DELETE", path, params={"archive_items": str(archive_items).lower()})

    def withdraw(self, path: str) -> bool:
        """Withdraw the invitation at a path, and return the `success` of the answer."""
        success: bool = self.delete(path)["success"]
        return success

    def _ask(self, method: str, path: str, **more: Any) -> Json:
        answer = self._http.request(method, path, **more)
        if answer.status_code >= 400:
            raise Refused(answer)
        return answer.json() if answer.content else None


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
