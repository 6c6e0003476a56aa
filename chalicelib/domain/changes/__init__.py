"""The changes of the objects of an account: recording them from the table's stream, and reading them as a feed."""
