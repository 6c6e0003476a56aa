"""The generator of the OpenAPI document: it describes what routes and schemas declare."""
