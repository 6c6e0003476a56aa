"""Clients of AWS, and what to do if a region or credentials are missing or refused.

Region and credentials are read as all AWS tools read them.
"""

import os
from functools import cache
from typing import Any

from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from infra import terminal

# API Gateway creates five keys a second, and CloudFormation limits how often one may ask for events.
PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})
SET_REGION = "Set AWS_REGION to a region, such as eu-west-1, or AWS_PROFILE to a profile that has one."
SET_CREDENTIALS = "Set AWS_PROFILE to a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key."
SIGN_IN = "Sign in again, or set other credentials."
# How the services of AWS say that they do not accept the credentials themselves.
REFUSED = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NoRegionError, SET_REGION),
    (exceptions.NoCredentialsError, SET_CREDENTIALS),
    (exceptions.PartialCredentialsError, SET_CREDENTIALS),
    (exceptions.ProfileNotFound, SET_CREDENTIALS),
    (exceptions.CredentialRetrievalError, SIGN_IN),
    (exceptions.SSOError, SIGN_IN),
    (exceptions.TokenRetrievalError, SIGN_IN),
)


@cache
def client(service: str) -> Any:
    """Return the client of a service. Raises BotoCoreError without a region or with an unknown profile."""
    return get_session().create_client(service, config=PATIENT)


def use_region() -> None:
    """Let AWS_REGION name the region, as it does for most AWS tools. botocore reads AWS_DEFAULT_REGION alone.

    If both are set, AWS_DEFAULT_REGION counts.
    """
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = os.environ.get("AWS_DEFAULT_REGION") or region


def describe_target() -> str:
    """Return the region and the AWS account that the environment leads to. Raises BotoCoreError and ClientError."""
    sts = client("sts")
    return f"{sts.meta.region_name} of the AWS account {sts.get_caller_identity()['Account']}"


def explain(error: BotoCoreError | ClientError) -> str:
    """Return in one line what went wrong and, if settings are the reason, which of them to change."""
    return f"{terminal.make_sentence(str(error))} {find_advice(error) or ''}".rstrip()


def find_advice(error: BaseException | None) -> str | None:
    """Return which settings to change, or None if the error is not about the region or the credentials."""
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in REFUSED:
        return f"AWS does not accept the credentials. {SIGN_IN}"
    return next((advice for kind, advice in ADVICE if isinstance(error, kind)), None)
