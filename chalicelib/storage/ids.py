"""TODO."""

from chalicelib import errors
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.counters import Counter


def next_id(account: int | None, name: str, by: int = 1) -> int:
    """Counts an account's counter up, atomically; answers where it stands then."""
    counter = Counter.at(account, name)
    with translate_errors():
        counter.update([Counter.last.add(by), Counter.kind.set(Counter)], add_version_condition=False)
    return counter.last


def new_ids(account: int, count: int) -> range:
    """So many ids in a row that nothing in the account has yet; actions are counted by themselves."""
    last = next_id(account, "ids", by=count)
    return range(last - count + 1, last + 1)


def raise_counter(account: int | None, name: str, least: int) -> None:
    """Makes sure that a counter has come as far as `least`."""
    behind = Counter.last.does_not_exist() | (Counter.last < least)
    try:
        with translate_errors():
            counter = Counter.at(account, name)
            counter.update([Counter.last.set(least), Counter.kind.set(Counter)], behind, add_version_condition=False)
    except errors.Stale:
        return  # it is further already
