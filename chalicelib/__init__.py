"""The OGSM and Workspaces APIs as one service on Chalice, AWS Lambda and DynamoDB."""
