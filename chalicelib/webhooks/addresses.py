"""Which addresses webhooks may reach: public ones only, so that nobody reaches what is inside the network.

The host of a webhook is resolved for each delivery, and the connection is made to an address that was checked here.
"""

import ipaddress
import re
import socket
from typing import NamedTuple

from chalicelib import config

_URL = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^]]+\]|[^:/]+)(:(?P<port>[0-9]+))?(?P<path>/.*)?", re.DOTALL)
MAX_PORT = 65_535
PORTS = {"https": 443, "http": 80}

# The unicast addresses of the internet. Everything else is special: mapped and translated IPv4, local, multicast.
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddress(Exception):
    """The URL leads to an address that webhooks must not reach. The text is a sentence for the user."""


class Target(NamedTuple):
    """The parts of the URL of a webhook. `host` has no brackets."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.is_secure else "http"] else f"{host}:{self.port}"


def parse_url(url: str) -> Target:
    """Return the parts of a URL that matches schemas.webhooks.URL_PATTERN.

    Names are not resolved. Raises ForbiddenAddress if the URL has another form, leads to an IP address that is not
    public, or does not begin with https outside development.
    """
    match = _URL.fullmatch(url)
    port = int((match and match["port"]) or 0)
    if not match or port > MAX_PORT:
        raise ForbiddenAddress("The URL must be like https://example.org/hooks, without a user and a fragment.")
    scheme = match["scheme"]
    if scheme == "http" and not config.WEBHOOK_ALLOW_LOCAL:
        raise ForbiddenAddress("The URL must begin with https.")
    target = Target(scheme == "https", match["host"].strip("[]"), port or PORTS[scheme], match["path"] or "/")
    _require_public_literal(target.host)
    return target


def _require_public_literal(host: str) -> None:
    """Raise ForbiddenAddress if a host is an IP address that is not public. A name passes."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    _require_reachable([address])


def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host, IPv4 first. Raises ForbiddenAddress unless all of them may be reached.

    Raises OSError if the host has no address.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = dict.fromkeys(str(one[4][0]) for one in found)
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
    _require_reachable(addresses)
    return [str(address) for address in sorted(addresses, key=lambda one: one.version)]


def _require_reachable(addresses: list[IPAddress]) -> None:
    for address in addresses:
        is_local = config.WEBHOOK_ALLOW_LOCAL and address.is_loopback
        if not is_local and not is_public(address):
            raise ForbiddenAddress("The host of the URL has an address that is not public.")


def is_public(address: IPAddress) -> bool:
    """Return whether an address belongs to a single host of the internet.

    IPv6 addresses that contain an IPv4 address (mapped, NAT64, 6to4, Teredo) are not public: a gateway would pass the
    connection on to the IPv4 address.
    """
    if isinstance(address, ipaddress.IPv6Address):
        is_tunnel = address.sixtofour is not None or address.teredo is not None
        if address not in _PUBLIC_IPV6 or is_tunnel:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
