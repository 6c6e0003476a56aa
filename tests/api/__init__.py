"""Tests of the API over HTTP: one module per noun of `chalicelib/routes`, and one per behaviour of all routes."""
