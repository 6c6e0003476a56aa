"""The store of the simulation: a small DynamoDB in memory that has what chalicelib/storage uses, and nothing else."""

from tests.simulation.store.errors import StoreError, UnsupportedRequestError
from tests.simulation.store.store import Store
from tests.simulation.store.table import Commit, Item, Json, Key, RowChange

__all__ = ["Commit", "Item", "Json", "Key", "RowChange", "Store", "StoreError", "UnsupportedRequestError"]
