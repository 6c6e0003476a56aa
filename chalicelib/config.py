"""The settings of a deployment, read once. The only reader of `os.environ`."""

import os
import sys

TABLE_NAME = os.environ.get("TABLE_NAME", "ogsm-workspaces-dev")

# Origins of other sites whose pages may write, separated by blanks: "https://a.example https://b.example".
ALLOWED_ORIGINS = frozenset(os.environ.get("ALLOWED_ORIGINS", "").split())

# Whom mail comes from, an identity that SES has verified; without one no mail is sent.
MAIL_FROM = os.environ.get("MAIL_FROM", "")

# The API key that the authorizer names for every caller, so that the usage plan of the deployment counts them together.
USAGE_KEY = os.environ.get("USAGE_KEY", "")

# What the usage plan answers in a day, all callers together; API Gateway does the counting.
REQUESTS_PER_DAY = int(os.environ.get("REQUESTS_PER_DAY", "1000000"))

CHALICE_LOCAL = "AWS_CHALICE_CLI_MODE" in os.environ and "local" in sys.argv
