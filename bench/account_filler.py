"""Fill an account with rows of other users, written straight into the embedded store."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bench.emulator import delete_row, put_row
from infra.testing.capacity import Item
from infra.testing.nouns import load_nouns
from infra.testing.sample_rows import SampleRow
from infra.testing.stream_records import to_image

FEW = 10  # rows of a noun that `with_few` leaves


class AccountFiller:
    """Stores copies of the sample rows of all nouns. None of them belongs to the users who send the requests."""

    def __init__(self, account: int) -> None:
        samples = {name: list(noun.sample_rows(account)) for name, noun in load_nouns().items()}
        self.samples = {name: rows for name, rows in samples.items() if rows}
        self.size = 0

    def grow_to(self, size: int) -> None:
        """Store so many copies of each sample row in all."""
        gc.disable()  # it would search millions of rows again and again
        self._store(self.samples, range(self.size, size))
        gc.freeze()
        gc.enable()
        self.size = size

    @contextmanager
    def with_few(self, nouns: Iterable[str]) -> Iterator[None]:
        """Delete all but a few rows of these nouns within the block."""
        nouns = list(nouns)
        for noun in nouns:
            for sample in self.samples[noun]:
                for number in range(FEW, self.size):
                    delete_row(sample.ref(number)[:2])
        try:
            yield
        finally:
            self._store(nouns, range(FEW, self.size))

    def _store(self, nouns: Iterable[str], numbers: range) -> None:
        for noun in nouns:
            for sample in self.samples[noun]:
                attributes = _attributes(sample)
                for number in numbers:
                    ref = sample.ref(number)
                    put_row(ref[:2], {**attributes, "pk": {"S": ref.pk}, "sk": {"S": ref.sk}})


def _attributes(sample: SampleRow) -> Item:
    item: Item = to_image(sample.row.serialize()) | {"version": {"N": "1"}}  # the store holds bytes as text
    return item
