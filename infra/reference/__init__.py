"""`make generate`: write the reference at /docs and its pages in Markdown from the OpenAPI document and docs/."""
