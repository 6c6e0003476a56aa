"""`make generate`: write the content of the reference at /docs from the OpenAPI document and docs/api.md."""
