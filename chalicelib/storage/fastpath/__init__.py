"""Shortcuts past botocore and PynamoDB that make the service faster. Each module holds one of them.

Nothing here is needed for correctness. `FASTPATH=off` in the environment switches all of it off, and the service then
runs on unmodified PynamoDB and botocore. tests/storage/fastpath checks that each shortcut behaves as the library does.
"""
