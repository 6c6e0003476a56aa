"""Everything about HTTP that all routes share: the pipeline, bodies, errors, paging, conditional requests, idempotency."""
