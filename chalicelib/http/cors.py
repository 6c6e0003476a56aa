"""Scripts of other sites (the Fetch standard's CORS protocol): off, unless the deployment allows their origins."""

from collections.abc import Mapping

from chalicelib import config

EXPOSED = "ETag, Idempotency-Replayed, Link, Location, Preference-Applied, Retry-After, Server-Timing, X-Request-Id"
ACCEPTED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer"
REMEMBERED = "600"  # seconds for which a browser need not ask again


def headers(asked: Mapping[str, str]) -> dict[str, str]:
    """What lets a script of an allowed origin read the answer."""
    if not config.ALLOWED_ORIGINS:
        return {}
    origin = asked.get("origin", "")
    if origin not in config.ALLOWED_ORIGINS:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED}


def preflight(asked: Mapping[str, str], methods: str) -> dict[str, str]:
    """What a browser has to know before it sends a request of an allowed origin."""
    if "Access-Control-Allow-Origin" not in headers(asked) or "access-control-request-method" not in asked:
        return {}
    return {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ACCEPTED,
        "Access-Control-Max-Age": REMEMBERED,
    }
