"""The store: carries out requests, and keeps every write in order."""

from collections.abc import Callable, Iterator, Sequence

from infra.testing.capacity import TRANSACTION_FACTOR, key_of
from tests.simulation.store import reads
from tests.simulation.store.errors import UnsupportedRequestError
from tests.simulation.store.table import Commit, Item, Json, Key, Table, Write
from tests.simulation.store.transactions import Tokens, plan_transaction, read_actions
from tests.simulation.store.writes import SINGLE_WRITES, plan_write
from tests.support.dynamodb_limits import check_request

TABLE_NAME = "ogsm-workspaces-dev"


class Store:
    """A DynamoDB with one table, that of chalicelib/storage/connection.py.

    `now` returns the time in seconds since 1970. `commits` are all writes since the store was made, in order; requests
    that change nothing are missing. `on_commit` is called with each. `index_lag` is the number of commits by which the
    index is behind the table.
    """

    def __init__(self, now: Callable[[], float], table_name: str = TABLE_NAME) -> None:
        self.now = now
        self.table_name = table_name
        self.commits: list[Commit] = []
        self.index_lag = 0
        self.on_commit: Callable[[Commit], None] = lambda _: None
        self._table = Table()
        self._tokens = Tokens()

    def execute(self, operation: str, request: Json) -> Json:
        """Carry out a request in DynamoDB's JSON, and return the body of the response.

        The store keeps parts of the request and returns parts of itself, so that neither may be changed afterwards.
        Raises StoreError for an error of DynamoDB, UnsupportedRequestError for what the store does not implement, and
        LimitExceededError for a request that DynamoDB would refuse whatever is stored.
        """
        if request.get("ReturnConsumedCapacity") != "TOTAL":
            raise UnsupportedRequestError("requests that do not ask for the consumed capacity in total")
        if operation in SINGLE_WRITES:
            return self._write(operation, request)
        if operation == "TransactWriteItems":
            return self._transact(request)
        return self._read(operation, request)

    def get_row(self, key: Key) -> Item | None:
        """Return the item under a key, or None."""
        row = self._table.get(key)
        return row.item if row else None

    def rows(self) -> Iterator[Item]:
        """Return all items, sorted by key."""
        return (row.item for _, row in sorted(self._table.rows_by_key()))

    def copy(self, now: Callable[[], float]) -> "Store":
        """Return a store of its own with the same rows and tokens, and without commits."""
        copied = Store(now, self.table_name)
        copied._table, copied._tokens = self._table.copy(), self._tokens.copy()
        return copied

    def remove_expired(self) -> Commit | None:
        """Remove all rows whose `ttl` has passed, and return the commit, or None if there is no such row."""
        now = self.now()
        rows = sorted(self._table.rows_by_key())
        expired = [one for one in rows if "ttl" in one[1].item and int(one[1].item["ttl"]["N"]) < now]
        return self._commit([Write(key, row, None) for key, row in expired])

    def _read(self, operation: str, request: Json) -> Json:
        if operation == "BatchGetItem":
            return self._batch_get(request)
        self._require_table(request)
        check_request(operation, request)
        if operation == "GetItem":
            found = reads.get_item(self._table, request)
        elif operation == "Query" and "IndexName" in request:
            found = reads.query_index(self._rows_in_index(), request)
        elif operation == "Query":
            found = reads.query(self._table, request)
        else:
            raise UnsupportedRequestError(f"the operation {operation}")
        return found.response | {"ConsumedCapacity": self._consumed(found.units)}

    def _batch_get(self, request: Json) -> Json:
        found = reads.batch_get_items(self._table, request)
        for table_name in request["RequestItems"]:
            self._require_table({"TableName": table_name})
        check_request("BatchGetItem", request)
        return found.response | {"ConsumedCapacity": [self._consumed(found.units)]}

    def _write(self, operation: str, request: Json) -> Json:
        self._require_table(request)
        check_request(operation, request)
        write = plan_write(self._table, SINGLE_WRITES[operation], request)
        self._commit([write])
        capacity = {"ConsumedCapacity": self._consumed(write.units + write.index_units)}
        return {"Attributes": write.after.item, **capacity} if write.after and "ReturnValues" in request else capacity

    def has_carried_out(self, request: Json) -> bool:
        """Return whether a transaction was carried out under its token. DynamoDB then answers that it has succeeded."""
        return "ClientRequestToken" in request and self._tokens.find(request, self.now()) is not None

    def _transact(self, request: Json) -> Json:
        actions = read_actions(request)
        for _, action in actions:
            self._require_table(action)
        check_request("TransactWriteItems", request)
        finished = self._tokens.find(request, self.now())
        if finished:
            return {"ConsumedCapacity": [self._consumed(finished.units) | {"ReadCapacityUnits": finished.units}]}
        writes = plan_transaction(self._table, actions)
        self._commit(writes)
        self._tokens.add(request, writes, self.now())
        units = sum(TRANSACTION_FACTOR * write.units + write.index_units for write in writes)
        return {"ConsumedCapacity": [self._consumed(units) | {"WriteCapacityUnits": units}]}

    def _commit(self, writes: Sequence[Write]) -> Commit | None:
        """Carry out some writes, and note them if they change something."""
        self._table.apply(writes)
        changes = tuple(change for write in writes if (change := write.change))
        if not changes:
            return None
        self.commits.append(Commit(len(self.commits) + 1, changes))
        self.on_commit(self.commits[-1])
        return self.commits[-1]

    def _rows_in_index(self) -> list[Item]:
        """Return all items that may be in the index, as the index sees them."""
        earlier: dict[Key, Item | None] = {}
        for commit in reversed(self.commits[max(0, len(self.commits) - self.index_lag) :]):
            earlier |= {change.key: change.before for change in commit.changes}
        current = self._table.indexed_items()
        if not earlier:
            return current
        unchanged = [item for item in current if key_of(item) not in earlier]
        return [*unchanged, *(item for item in earlier.values() if item)]

    def _consumed(self, units: float) -> Json:
        return {"TableName": self.table_name, "CapacityUnits": float(units)}

    def _require_table(self, request: Json) -> None:
        if request.get("TableName") != self.table_name:
            raise UnsupportedRequestError(f"the table {request.get('TableName')}")
