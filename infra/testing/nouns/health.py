"""The health check."""

from infra.testing.noun import Noun
from infra.testing.request_cases import RequestCase

NOUN = Noun(request_cases=[RequestCase("GET", "/health", [])])
