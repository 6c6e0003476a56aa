"""Read lists of the API with pandas, as CSV and as JSON, and print what arrived as JSON.

It runs in an environment of its own, with the address of the API, a key and its secret, and the names of the lists.
"""

import base64
import json
import sys
from typing import Any

import pandas as pd


def read_list(api: str, headers: dict[str, str], noun: str) -> dict[str, Any]:
    """Return the rows, columns and ids of a list as both formats have them, the sum of `actual` and the newest day."""
    address = f"{api}/api/v2/{noun}"
    as_csv = pd.read_csv(f"{address}.csv", storage_options=headers)
    as_json = pd.read_json(f"{address}.json", storage_options=headers)
    return {
        "rows": [len(as_csv), len(as_json)],
        "columns": [list(as_csv), list(as_json)],
        "ids": [as_csv["id"].tolist(), as_json["id"].tolist()],
        "actual": float(as_csv["actual"].sum()) if "actual" in as_csv else None,
        "newest": str(pd.to_datetime(as_csv["at"]).max().date()) if "at" in as_csv else None,
    }


def main() -> None:
    """Read the lists that the command line names."""
    api, key, *nouns = sys.argv[1:]
    headers = {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
    print(json.dumps({noun: read_list(api, headers, noun) for noun in nouns}))


if __name__ == "__main__":
    main()
