"""A plan of OGSM objects that a test builds up through the API."""

from typing import Any

import httpx

from chalicelib.domain.ogsm.references import BY_SINGULAR


class Plan:
    """The OGSM objects of an account, each named like `goal 1`."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def add(self, singular: str, **fields: object) -> str:
        """Create an object and return its name. A field takes the names of other objects in place of references."""
        noun = BY_SINGULAR[singular]
        made = self.client.post(f"/api/v2/{noun.name}.json", json=_title(singular) | _references(fields))
        assert made.status_code == 201, made.text
        return f"{singular} {made.json()['id']}"

    def names(self, *singulars: str) -> set[str]:
        """Return the names of the objects in the lists of these nouns, or of all."""
        return {
            f"{singular} {one['id']}"
            for singular in singulars or BY_SINGULAR
            for one in self.client.get(f"/api/v2/{BY_SINGULAR[singular].name}.json?fields=id").json()
        }

    def get(self, name: str) -> dict[str, Any]:
        """Return an object. Fails if it does not exist."""
        answer = self.client.get(address_of(name))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def delete(self, name: str, query: str = "", **options: Any) -> httpx.Response:
        """Delete an object."""
        return self.client.delete(f"{address_of(name)}{query}", **options)

    def update(self, name: str, **fields: object) -> httpx.Response:
        """Change an object."""
        return self.client.patch(address_of(name), json=_references(fields))


def address_of(name: str) -> str:
    """Return the address of an object."""
    singular, number = name.split()
    return f"/api/v2/{BY_SINGULAR[singular].name}/{number}.json"


def _title(singular: str) -> dict[str, str]:
    return {name: "x" for name in ("title", "name") if name in BY_SINGULAR[singular].schema.fields}


def _references(fields: dict[str, object]) -> dict[str, object]:
    """Return fields with `{"id": 7}` in place of the name `goal 7`, alone or in a list."""
    return {field: _reference(value) for field, value in fields.items()}


def _reference(value: object) -> object:
    if isinstance(value, list):
        return [_reference(one) for one in value]
    if isinstance(value, str) and value.partition(" ")[0] in BY_SINGULAR:
        return {"id": int(value.partition(" ")[2])}
    return value
