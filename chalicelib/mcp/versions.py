"""The versions of the protocol that the server speaks, and what only some of them have."""

MODERN = "2026-07-28"  # every message names its version and what its client can do
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")  # newest first; their clients begin with initialize
SUPPORTED = (MODERN, *LEGACY)

WITHOUT_HEADER = "2025-03-26"  # the version of a legacy message without the header, which 2025-06-18 introduced
WITH_BATCHES = "2025-03-26"
WITH_RESOURCE_LINKS = (MODERN, "2025-11-25", "2025-06-18")


def choose_version(wanted: object) -> str:
    """Return the version that initialize answers: the one that the client wants, or else the newest legacy one."""
    return next((version for version in LEGACY if version == wanted), LEGACY[0])
