"""Tests of chalicelib/mcp without HTTP, and of the endpoint with the official conformance suite."""
