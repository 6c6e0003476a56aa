"""The kinds of row in the table. Each module declares the kinds of one noun, with their keys and access patterns.

docs/architecture.md lists all kinds. `make generate` updates that list from the docstrings here: the first sentence
says what the row is, and each line `Key: partition key / sort key` is one form of its key.

- Numbers in keys are padded with zeros, so that they sort.
- Free text stands last in a key.
- An `{order}` gets smaller as time passes, so that the newest row comes first.
- Rows that one call returns together are neighbours, so that one Query reads them. In the partition of a workspace
  these are the items of one stack; all items, with the inbox first; and the workspace, its members and its stacks with
  their items, without the inbox.
"""
