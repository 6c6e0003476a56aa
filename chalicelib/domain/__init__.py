"""The rules of the service: plain functions that take the caller first, named with the words of the two API documents.

They know nothing about HTTP. Functions that change something return a Change, which the pipeline commits.
"""
