"""The style sheets, scripts and pictures of the pages."""

from infra.testing.noun import Noun
from infra.testing.request_cases import RequestCase

FILES = (
    "no-profile.svg",
    "no-profile.jpg",
    "style.css",
    "docs.js",
    "docs-try.js",
    "docs-samples.js",
    "docs.css",
    "ogsm.css",
    "copy.js",
    "settings.js",
    "icon.svg",
)

NOUN = Noun(
    request_cases=[
        *(RequestCase("GET", f"/assets/app/{file}", []) for file in FILES),
        RequestCase("GET", "/favicon.ico", []),
    ]
)
