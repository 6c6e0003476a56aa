"""HTTP for all routes: the pipeline, bodies, errors, paging, conditional requests, idempotency."""
