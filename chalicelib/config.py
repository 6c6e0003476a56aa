"""The settings of a deployment, read once from the environment. No other module reads `os.environ`."""

import os
import re
import sys
from collections.abc import Mapping


def read_public_url(url: str) -> str:
    """Return the address without a slash at its end. Raises ValueError if it is not an address."""
    if url and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w.~/-]*)?", url, re.ASCII):
        raise ValueError("PUBLIC_URL must be an address such as https://api.example.org, without a query.")
    return url.rstrip("/")


TABLE_NAME = os.environ.get("TABLE_NAME", "ogsm-workspaces-dev")

# Other sites whose pages may send write requests, separated by blanks: "https://a.example https://b.example".
ALLOWED_ORIGINS = frozenset(os.environ.get("ALLOWED_ORIGINS", "").split())

# The sender of all mails, an identity that SES has verified. Without a sender no mail is sent.
MAIL_FROM = os.environ.get("MAIL_FROM", "")

# The unique id of the stack, from which the authorizer derives the API key of each account. Without it nothing counts
# requests. The variable has the name and value that it had in 1.2.0, because an update changes the code of a function
# and its variables one after the other.
STACK_ID = os.environ.get("USAGE_KEY", "")

# The address of the API as everybody reaches it, with the stage if there is one. The links in mails begin with it, and
# never with what a request says about its host. Without it no mail with a link is sent.
PUBLIC_URL = read_public_url(os.environ.get("PUBLIC_URL", ""))

# The number of requests that the usage plan allows each account in a day. API Gateway counts them.
REQUESTS_PER_DAY = int(os.environ.get("REQUESTS_PER_DAY", "1000000"))

# The number of days that changes are kept. 0 records no changes.
HISTORY_DAYS = int(os.environ.get("HISTORY_DAYS", "400"))

# The number of days after which the rows of a deleted workspace or stack are removed. Until then it can be restored.
PURGE_DAYS = int(os.environ.get("PURGE_DAYS", "30"))

# FASTPATH=off runs the service without the shortcuts of storage/fastpath, on unmodified PynamoDB and botocore.
FASTPATH = os.environ.get("FASTPATH", "on") != "off"

# True if `chalice local` has started the process.
CHALICE_LOCAL = "AWS_CHALICE_CLI_MODE" in os.environ and "local" in sys.argv


def read_allow_local(value: str, environment: Mapping[str, str]) -> bool:
    """Return whether webhooks may use http and loopback addresses, which is for development only.

    Raises ValueError on AWS, where the process runs in Lambda without AWS_ENDPOINT_URL, with which an emulator replaces
    AWS.
    """
    if value in ("", "off"):
        return False
    if "AWS_LAMBDA_FUNCTION_NAME" in environment and not environment.get("AWS_ENDPOINT_URL"):
        raise ValueError("WEBHOOK_ALLOW_LOCAL is for development. On AWS it must not be set.")
    return value == "on"


# WEBHOOK_ALLOW_LOCAL=on lets webhooks reach a receiver on this machine, without TLS.
WEBHOOK_ALLOW_LOCAL = read_allow_local(os.environ.get("WEBHOOK_ALLOW_LOCAL", ""), os.environ)
