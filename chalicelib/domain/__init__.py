"""The rules, as plain functions in the documents' words, the caller first."""
