"""The one DynamoDB table: what lies in it and the only code that talks to it."""
