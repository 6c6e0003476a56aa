"""The memories of moto's services, which are imported when a test needs them: some take a second to import."""

from typing import Any

from moto.backends import get_backend


def reset_backends(*services: str) -> None:
    """Forget everything in these services of moto, such as `logs`."""
    for service in services:
        named: Any = service  # moto declares an overload for each service
        for account in get_backend(named).values():
            for region in account.values():
                region.reset()
