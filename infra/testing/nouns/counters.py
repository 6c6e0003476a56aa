"""Counters. They have no routes of their own."""

from chalicelib.storage.models.counters import Counter
from infra.testing.noun import Noun

NOUN = Noun(rows_not_filled={Counter: "The number of counters does not grow with the number of objects."})
