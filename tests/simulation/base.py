"""The accounts and objects with which every simulation begins."""

from dataclasses import dataclass

from infra import operations
from tests.simulation.clients import Identity
from tests.simulation.faults import Faults
from tests.simulation.history import History
from tests.simulation.scheduler import Scheduler
from tests.simulation.store import Store

OWN, OTHER = "Acme", "Other"


@dataclass(frozen=True)
class Base:
    """The store with the first objects, and who the clients may be. The last of the people is in another account."""

    store: Store
    people: tuple[Identity, ...]


def build_base(store: Store, scheduler: Scheduler, history: History, faults: Faults) -> Base:
    """Create two accounts with their people."""
    acme = operations.create_account(name=OWN, email="ada@acme.example", first_name="Ada", last_name="Admin")
    account = acme["account"]["id"]
    people = [acme]
    for name in ("Mia", "Udo"):
        email = f"{name.lower()}@acme.example"
        people.append(operations.create_user(account, email=email, first_name=name, last_name="M"))
    people.append(
        operations.create_account(name=OTHER, email="olga@other.example", first_name="Olga", last_name="Other")
    )
    return Base(store, tuple(_identity(person) for person in people))


def _identity(person: dict[str, dict[str, str]]) -> Identity:
    credential = person["credential"]
    account = int(credential["account"])
    return Identity(
        person["user"]["first_name"].lower(), account, person["user"]["id"], credential["key"], credential["secret"]
    )
