"""Sending invitations, and finding the links in the mails."""

import re
from typing import Any

import httpx

Json = dict[str, Any]


def invite(client: httpx.Client, place: str, **body: Any) -> Any:
    """Invite somebody to the workspace at an address, and return the invitations."""
    answer = client.post(f"{place}/invitation", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def links(mails: list[Json]) -> list[str]:
    """Return the links to invitations that stand in the text of mails."""
    texts = [mail["Content"]["Simple"]["Body"]["Text"]["Data"] for mail in mails]
    return [found for text in texts for found in re.findall(r"http://\S+/invitations/\S+", text)]
