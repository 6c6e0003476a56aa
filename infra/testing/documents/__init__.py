"""The examples of the documents, unchanged except where they are not valid JSON (bare keys, stray commas).

A noun that no document shows has examples of our own: `<name>` of an object, `<name>s` of a list, and `sent_<name>` of
a body. `ogsm_objects.json` has one object of each OGSM noun but actions. The lists and bodies are made from it, and so
is the plan of a canvas.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SET_BY_SERVICE = ("id", "author")  # fields of OGSM objects that clients need not send


def example(name: str) -> Any:
    """Return an example by its name. Raises FileNotFoundError."""
    if name in _ogsm_examples():
        return json.loads(_ogsm_examples()[name])
    if not has_example(name):
        advice = f"Add {name}.json to infra/testing/documents, or an OGSM noun to ogsm_objects.json there."
        raise FileNotFoundError(f"There is no example {name!r}. {advice}")
    return json.loads(_file(name).read_text())


def has_example(name: str) -> bool:
    """Return whether there is an example of this name."""
    return name in _ogsm_examples() or _file(name).exists()


def _file(name: str) -> Path:
    return FOLDER / f"{name}.json"


@cache
def _ogsm_examples() -> dict[str, str]:
    """Return the examples of the OGSM nouns as JSON texts."""
    texts: dict[str, str] = {}
    for plural, examples in json.loads(_file("ogsm_objects").read_text()).items():
        for singular, document in examples.items():
            sent = {name: value for name, value in document.items() if name not in SET_BY_SERVICE}
            named = {plural: [document], singular: document, f"sent_{singular}": sent}
            texts |= {name: json.dumps(value) for name, value in named.items()}
    return texts | {"plan": json.dumps(_plan({name: json.loads(text) for name, text in texts.items()}))}


def _plan(examples: dict[str, Any]) -> dict[str, Any]:
    """Return the plan of a canvas with one object of each noun."""
    goal, kpi = ({**examples[name], "latest": examples[f"{name}_measurement"]} for name in ("goal", "kpi"))
    action = json.loads(_file("action").read_text())
    return {
        "canvas": examples["ogsm_canvas"],
        "objectives": [examples["objective"]],
        "goals": [goal],
        "strategies": [{**examples["strategy"], "kpis": [kpi], "actions": [action]}],
        "kpis": [],
        "actions": [],
    }
