"""Alarms, which nobody asks for: once a minute what is due is sent."""

from typing import Any

from chalicelib.domain import alarms
from chalicelib.http import schedule
from chalicelib.http.routing import Routes

routes = Routes(__name__)


@routes.schedule("rate(1 minute)")
def ring_alarms(event: Any) -> None:
    """Sends the alarms that are due, each as a mail to its assignee."""
    schedule.work_off(alarms.due(), alarms.ring, event.context)
