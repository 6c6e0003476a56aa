"""Tests of the rules in `chalicelib/domain` that are clearest without HTTP."""
