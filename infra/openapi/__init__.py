"""The OpenAPI document, made of the declarations that requests are checked with."""
