"""Request headers that list what a client accepts, with weights, such as `text/html, */*;q=0.1`."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+(?:/[!#$%&'*+.^_`|~0-9a-z-]+)?")
_WEIGHT = re.compile(r"0(?:\.[0-9]*)?|1(?:\.0*)?")


def find_weight(weights: Mapping[str, float], media_type: str) -> float | None:
    """Return the weight of the most specific range that contains a media type, or None (RFC 9110 section 12.5.1)."""
    family = media_type.partition("/")[0]
    return next((weights[name] for name in (media_type, f"{family}/*", "*/*") if name in weights), None)


def read_weights(header: str) -> dict[str, float] | None:
    """Return the listed names in lower case with their weights from 0 to 1 (RFC 9110 section 12.4.2).

    Other parameters are ignored. Return None if any part of the header is malformed.
    """
    weights: dict[str, float] = {}
    for element in header.lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        if not name and not parameters:  # a list may have empty elements
            continue
        [weight] = [one[2:] for one in parameters if one.startswith("q=")][:1] or ["1"]
        if not _NAME.fullmatch(name) or not _WEIGHT.fullmatch(weight):
            return None
        weights[name] = max(float(weight), weights.get(name, 0))
    return weights
