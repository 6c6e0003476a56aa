"""`python -m tests.support.frequent_snapshots`: the server of `make run`, but it saves a snapshot all the time."""

from infra import durable_store, serve

durable_store.SNAPSHOT_COUNT = 20
durable_store.MIN_PAUSE = 0.05
durable_store.PAUSE_RATIO = 1

if __name__ == "__main__":
    serve.main()
