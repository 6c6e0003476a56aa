"""The edge, written once for every route: bodies, problems, paging, conditional and idempotent requests."""
