"""Request cases and sample rows of each noun of the API. Tests and benches find the modules by iterating this package.

A module declares `NOUN = Noun(...)`. A route of chalicelib/routes/<noun>.py has its request cases in <noun>.py here.
"""

import importlib
import pkgutil

from infra.testing.noun import Noun
from infra.testing.request_cases import RequestCase


def load_nouns() -> dict[str, Noun]:
    """Import every module of this package, and return the nouns by the names of their modules."""
    nouns: dict[str, Noun] = {}
    for module in pkgutil.iter_modules(__path__):
        nouns[module.name] = importlib.import_module(f"{__name__}.{module.name}").NOUN
    return nouns


def load_request_cases() -> dict[str, RequestCase]:
    """Return the request cases of all nouns by their names."""
    return {case.name: case for noun in load_nouns().values() for case in noun.request_cases}
