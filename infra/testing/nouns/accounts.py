"""Accounts. They have no routes of their own."""

from chalicelib.storage.models.accounts import Account
from infra.testing.noun import Noun

NOUN = Noun(rows_not_filled={Account: "The bench fills one account, and each account has one such row."})
