"""The Model Context Protocol over one stateless POST. This package knows the protocol, and no noun of the API."""
