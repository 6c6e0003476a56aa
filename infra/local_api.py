"""The API on a port of this machine: Chalice's local server, changed to answer as API Gateway does.

The app is loaded here and not by `chalice.cli`. That package imports a library for dialogues, which sends a question to
the terminal and waits for ten seconds if the terminal does not answer.
"""

import json
import os
from pathlib import Path

from chalice.config import Config
from chalice.local import LocalDevServer, create_local_server

from infra.data_folder import StartupError

PROJECT = Path(__file__).parent.parent
STAGE = "dev"


def listen(port: int) -> LocalDevServer:
    """Return the server of the API, bound to a port of this machine but not serving yet. Raises StartupError."""
    settings = json.loads((PROJECT / ".chalice/config.json").read_text())
    config = Config(chalice_stage=STAGE, config_from_disk=settings, default_params={"project_dir": str(PROJECT)})
    os.environ.update(config.environment_variables)
    from app import app  # it reads the settings of the stage
    from chalicelib.http import local_server

    local_server.install()
    try:
        return create_local_server(app, config, "127.0.0.1", port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "there is no such port")
        raise StartupError(f"Port {port} on 127.0.0.1 cannot be used: {reason}.") from None
