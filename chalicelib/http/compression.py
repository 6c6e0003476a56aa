"""Compression of answers with gzip. On AWS, API Gateway does it. The local server does the same.

API Gateway keeps a strong ETag when it compresses an answer, and so does the local server. The service computes the tag
from the text that is not compressed, and clients may send it back for both forms.
"""

import zlib

from chalicelib.http.weights import read_weights

# The threshold, also MinimumCompressionSize in infra/template.yaml. A smaller answer fits into one packet of a network
# (1,500 bytes) with its headers, so that compressing it would save no time.
MIN_BYTES = 1_024
GZIP_FORMAT = 31  # the parameter wbits of zlib


def compress(content: bytes, accept_encoding: str | None) -> bytes | None:
    """Return the content in the format of gzip. Return None if it is small, or if the client does not ask for gzip.

    As with API Gateway, Accept-Encoding has to name gzip: a missing header and `*` leave the content as it is.
    """
    if len(content) < MIN_BYTES or not _asks_for_gzip(accept_encoding or ""):
        return None
    compressor = zlib.compressobj(wbits=GZIP_FORMAT)
    return compressor.compress(content) + compressor.flush()


def length_headers(content: bytes, accept_encoding: str | None) -> dict[str, str]:
    """Return the headers for HEAD that describe the length of the body that GET returns."""
    compressed = compress(content, accept_encoding)
    if compressed is None:
        return {"Content-Length": str(len(content))}
    return {"Content-Length": str(len(compressed)), "Content-Encoding": "gzip"}


def _asks_for_gzip(accept_encoding: str) -> bool:
    weights = read_weights(accept_encoding) or {}
    weight = weights.get("gzip", 0)
    return weight > 0 and weight >= weights.get("identity", 0)
