"""Sending invitations, and finding the links in mails."""

import re
from typing import Any

import httpx

Json = dict[str, Any]


def invite(client: httpx.Client, place: str, **body: Any) -> Any:
    """Invite somebody to the workspace at an address, and return the invitations."""
    answer = client.post(f"{place}/invitation", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def text_of(mail: Json) -> str:
    """Return the text part of a mail."""
    text: str = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    return text


def links(mails: list[Json]) -> list[str]:
    """Return the links to invitations that stand in the text of mails."""
    return [found for mail in mails for found in re.findall(r"http://\S+/invitations/\S+", text_of(mail))]


def address_link(mail: Json) -> str:
    """Return the link that stands in the text of a mail to a new address."""
    [link] = re.findall(r"http://\S+/address-changes/\S+", text_of(mail))
    return str(link)


def change_address(client: httpx.Client, email: str, outbox: list[Json]) -> None:
    """Change the caller's own address, and confirm the new one by the link in the mail to it."""
    assert client.put("/api/me", json={"email": email}).status_code == 200
    assert outbox[-1]["Destination"] == {"ToAddresses": [email]}
    assert httpx.post(address_link(outbox[-1])).status_code == 200
