"""The API keys by which API Gateway counts the requests of each account.

No client knows or sends such a key: the authorizer names it. It is derived, so that naming it takes no request.
"""

import hmac


def derive_usage_key(stack_id: str, account: int) -> str:
    """Return the value of an account's API key in the usage plan of a stack: 64 hexadecimal digits.

    The unique id of the stack is no secret of the service, but no caller of the API gets to see it.
    """
    return hmac.digest(stack_id.encode(), str(account).encode(), "sha256").hex()
