"""What stands around the API: the local server, the operator's commands, the deployment. Never shipped."""
