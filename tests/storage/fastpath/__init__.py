"""Each shortcut of storage/fastpath behaves as the library that it replaces."""
