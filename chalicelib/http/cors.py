"""Scripts of other sites (the Fetch standard's CORS protocol): off, unless the deployment allows their origins."""

from collections.abc import Mapping

from chalicelib import config

EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Link, Location, Preference-Applied, Retry-After, Server-Timing, X-Request-Id"
)
ACCEPTED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer"
TTL_SECONDS = "600"  # seconds for which a browser need not ask again


def cors_headers(asked: Mapping[str, str]) -> dict[str, str]:
    """What lets a script of an allowed origin read the answer."""
    if not config.ALLOWED_ORIGINS:
        return {}
    origin = asked.get("origin", "")
    if origin not in config.ALLOWED_ORIGINS:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED_HEADERS}


def preflight_headers(asked: Mapping[str, str], methods: str) -> dict[str, str]:
    """What a browser has to know before it sends a request of an allowed origin."""
    if "Access-Control-Allow-Origin" not in cors_headers(asked) or "access-control-request-method" not in asked:
        return {}
    return {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ACCEPTED_HEADERS,
        "Access-Control-Max-Age": TTL_SECONDS,
    }
