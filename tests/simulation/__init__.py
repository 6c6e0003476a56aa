"""A simulation of the service: its real code runs in a world in which one seed decides everything.

docs/correctness.md describes the model, what it proves and how to replay a failure.
"""
