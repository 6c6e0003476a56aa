"""The plan of docs/examples in the account of a test."""

from datetime import date
from typing import Any

from docs.examples.enter_plan import Api, enter_plan
from docs.examples.plan_file import MEASURED, read_plan

Json = dict[str, Any]
TODAY = date(2026, 11, 27)


def shorten(plan: dict[str, list[Json]], most: int) -> dict[str, list[Json]]:
    """Return a plan with at most so many measurements of each goal and KPI, the newest ones."""
    shorter = {
        noun: [item | {"actuals": item["actuals"][-most:], "targets": item["targets"][-most:]} for item in plan[noun]]
        for noun in MEASURED.values()
    }
    return plan | shorter


def key_of(signed_in: Json) -> str:
    """Return the key and the secret of what an operator's command has created, as curl takes them."""
    credential = signed_in["credential"]
    return f"{credential['key']}:{credential['secret']}"


def enter(url: str, signed_in: Json, most: int) -> dict[str, list[Json]]:
    """Enter the plan with at most so many measurements of each goal and KPI. Return what was entered."""
    plan = shorten(read_plan(), most)
    enter_plan(Api(url, key_of(signed_in)), plan, TODAY)
    return plan
