"""Sending messages to webhooks: the signature, the addresses that may be reached, and the request itself."""
