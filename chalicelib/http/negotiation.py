"""Which media types a client accepts (RFC 9110 section 12.5.1), and which sites may write."""

from collections.abc import Mapping

from chalicelib import config, errors


def require_acceptable(accept: str | None, offered: str) -> None:
    """Lets requests pass that take what is offered. Raises errors.NotAcceptable."""
    family = offered.partition("/")[0]
    welcome = {offered, f"{family}/*", "*/*", "application/problem+json"}
    if accept and not any(kind in welcome for kind in _accepted(accept)):
        raise errors.NotAcceptable(f"this is answered as {offered}, which Accept rules out")


def require_allowed_origin(headers: Mapping[str, str], own: str) -> None:
    """Refuses changes that a page of another site sends through a browser. Raises errors.Forbidden.

    A browser holds Basic credentials and would send them along, so that any site could write in its user's name.
    """
    origin = headers.get("origin")
    if origin in (None, own):
        foreign = headers.get("sec-fetch-site") == "cross-site"
    else:
        foreign = origin not in config.ALLOWED_ORIGINS
    if foreign:
        raise errors.Forbidden("pages of other sites may not change anything here")


def _accepted(accept: str) -> list[str]:
    kinds = (part.replace(" ", "").lower().split(";") for part in accept.split(","))
    return [kind for kind, *parameters in kinds if not any(_is_zero(parameter) for parameter in parameters)]


def _is_zero(parameter: str) -> bool:
    return parameter.startswith("q=") and not parameter[2:].strip("0.")
