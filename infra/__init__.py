"""The local server, the operator's commands and the deployment. Nothing in this package ships to Lambda."""
