"""Validation of bodies and query strings: types of value, containers of them, and schemas of named fields.

It is built on voluptuous and knows no noun of the API. Every error of a request is reported at once, each with the
place of the wrong value and a rule that follows the field's name: "must be at most 255 characters, not 300".
"""
