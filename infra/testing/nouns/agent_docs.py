"""The documentation as Markdown."""

from infra.testing.noun import Noun
from infra.testing.request_cases import RequestCase

NOUN = Noun(
    request_cases=[
        RequestCase("GET", "/llms.txt", []),
        RequestCase("GET", "/docs.md", []),
        RequestCase("GET", "/docs/{page_name}", [], address="/docs/actions.md"),
    ]
)
