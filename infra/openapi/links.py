"""Links (OpenAPI's Link Object) from a call that creates an object to all calls that take its id."""

from typing import Any

from chalicelib.http.endpoint import Created, Endpoint
from chalicelib.http.path_variables import variable_names

Paths = dict[str, dict[str, Any]]


def add_links(paths: Paths, endpoints: list[Endpoint]) -> None:
    """Add the links to the answers of the endpoints that create something."""
    operations = [(path, operation) for path, methods in paths.items() for operation in methods.values()]
    for endpoint in endpoints:
        if endpoint.creates and endpoint.creates.has_links and not endpoint.ignores_path_variables:
            path, method = endpoint.paths[0], endpoint.methods[0].lower()
            success = paths[path][method]["responses"][str(endpoint.statuses[0])]
            success["links"] = _links_from(path, endpoint.creates, operations)


def _links_from(path: str, created: Created, operations: list[tuple[str, Any]]) -> dict[str, Any]:
    known = {name: f"$request.path.{name}" for name in variable_names(path)}
    known[created.variable] = f"$response.body#{created.id_pointer}"
    links = {}
    for target, operation in operations:
        names = variable_names(target)
        if created.variable in names and set(names) <= known.keys():
            name = operation["operationId"]
            links[name] = {"operationId": name, "parameters": {name: known[name] for name in names}}
    return links
