"""Declare what the calls of the API accept and answer: one module per noun, each field once.

Routes check requests with these schemas, `make openapi` describes requests and responses with them, and the domain
takes the words of a noun, such as its states, from here. The first argument of a schema is its public name: clients
are generated from it, so it must not change.
"""
