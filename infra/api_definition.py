"""Make the definition of the API in Chalice's template short, so that CloudFormation accepts the template.

CloudFormation accepts at most 1 MB. Chalice describes every method of a path, each with parts that mean nothing for a
function that gets the whole request. This module keeps what API Gateway needs, which is also what SAM writes itself.
It replaces the methods that a path refuses by a single one, `x-amazon-apigateway-any-method`, which API Gateway uses
for every method without an entry of its own. The function still gets the method that the client sent.
"""

from typing import Any

Json = dict[str, Any]

ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
INTEGRATION_PARTS = ("contentHandling", "httpMethod", "type", "uri")


def shorten(api: Json) -> None:
    """Shorten the definition in the properties of an AWS::Serverless::Api, in place.

    Call this when infra/template.yaml is merged: the routes without credentials have their own throttle in its
    MethodSettings. A method without credentials and without a throttle is one that its path refuses.
    """
    definition = api["DefinitionBody"]
    open_routes = {(one["HttpMethod"], one["ResourcePath"]) for one in api["MethodSettings"]}
    for path, operations in definition["paths"].items():
        definition["paths"][path] = _merge_refused(operations, setting_path(path), open_routes)
    definition.pop("definitions", None)  # the responses referred to them


def setting_path(path: str) -> str:
    """Return the path of a resource as MethodSettings writes it: with ~1 for each slash but the first."""
    return path if path == "/" else f"/{path.replace('/', '~1')}"


def _merge_refused(operations: Json, resource: str, open_routes: set[tuple[str, str]]) -> Json:
    """Return the operations of a path in short, and one for all those that the path refuses."""
    kept: Json = {}
    for method, operation in operations.items():
        is_refused = "security" not in operation and (method.upper(), resource) not in open_routes
        kept[ANY_METHOD if is_refused else method] = _shorten_operation(operation)
    return kept


def _shorten_operation(operation: Json) -> Json:
    integration = {name: operation[INTEGRATION][name] for name in INTEGRATION_PARTS}
    security = {"security": operation["security"]} if "security" in operation else {}
    return {"responses": {}, INTEGRATION: integration, **security}
