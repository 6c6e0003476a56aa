"""Mistakes that are planted in the code, to show what the simulation finds. `make mutants` tries each of them."""

from tests.simulation.mutants.accounts import ACCOUNTS
from tests.simulation.mutants.activities import ACTIVITY_MUTANTS
from tests.simulation.mutants.changes import CHANGES
from tests.simulation.mutants.deletions import DELETIONS
from tests.simulation.mutants.found import FOUND
from tests.simulation.mutants.http import HTTP
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.mutants.ogsm import OGSM_MUTANTS
from tests.simulation.mutants.people import PEOPLE
from tests.simulation.mutants.storage import STORAGE
from tests.simulation.mutants.undos import UNDOS
from tests.simulation.mutants.webhooks import WEBHOOK_MUTANTS

MUTANTS: list[Mutant] = [
    *STORAGE,
    *HTTP,
    *ACTIVITY_MUTANTS,
    *DELETIONS,
    *OGSM_MUTANTS,
    *PEOPLE,
    *ACCOUNTS,
    *CHANGES,
    *UNDOS,
    *WEBHOOK_MUTANTS,
    *FOUND,
]
