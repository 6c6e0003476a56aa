"""The tests. Most of them call the API over HTTP, with moto as DynamoDB; races and large data use a real store."""
