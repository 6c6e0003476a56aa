"""Access for scripts of other sites (the CORS protocol of the Fetch standard). Off unless ALLOWED_ORIGINS is set."""

from collections.abc import Mapping

from chalicelib import config

EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Link, Location, Preference-Applied, Retry-After, Server-Timing, X-Request-Id"
)
ACCEPTED_HEADERS = (
    "Authorization, Confirm-Token, Content-Type, Idempotency-Key, If-Match, If-None-Match, MCP-Protocol-Version, "
    "Mcp-Method, Mcp-Name, Prefer"
)
TTL_SECONDS = "600"  # how long a browser may cache the answer to a preflight request


def cors_headers(request_headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that allow a script of an allowed origin to read the answer."""
    if not config.ALLOWED_ORIGINS:
        return {}
    origin = request_headers.get("origin", "")
    if origin not in config.ALLOWED_ORIGINS:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED_HEADERS}


def preflight_headers(request_headers: Mapping[str, str], methods: str) -> dict[str, str]:
    """Return the headers that answer a browser's preflight request, or none if it is not one of an allowed origin."""
    is_allowed = "Access-Control-Allow-Origin" in cors_headers(request_headers)
    if not is_allowed or "access-control-request-method" not in request_headers:
        return {}
    return {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ACCEPTED_HEADERS,
        "Access-Control-Max-Age": TTL_SECONDS,
    }
