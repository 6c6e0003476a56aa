"""A mistake that is made in the code on purpose, to see whether the simulation finds it."""

from dataclasses import dataclass
from pathlib import Path


class OutdatedMutantError(ValueError):
    """The text that a mutant replaces is not in its file exactly once, so the mutant has to be brought up to date."""


@dataclass(frozen=True)
class Mutant:
    """A planted mistake: `old` is replaced by `new` in the file `path`. `why` says what the mistake is.

    `further` are more texts to replace in the same file. `scenario` is the one that shows the mistake, if others hardly
    do: only the seeds with this scenario are run. `survives` explains why no seed is expected to find it. It is not
    run then, and counts as not found.
    """

    name: str
    path: str
    old: str
    new: str
    why: str
    further: tuple[tuple[str, str], ...] = ()
    scenario: str = ""
    survives: str = ""

    def apply(self, text: str) -> str:
        """Return the text of the file with the mistake. Raises OutdatedMutantError."""
        for old, new in ((self.old, self.new), *self.further):
            if text.count(old) != 1:
                raise OutdatedMutantError(f"{self.name}: {text.count(old)} times in {self.path}: {old}")
            text = text.replace(old, new)
        return text

    def plant(self, folder: Path) -> None:
        """Make the mistake in a copy of the project. Raises OutdatedMutantError."""
        file = folder / self.path
        file.write_text(self.apply(file.read_text()))
