"""Workspaces and the stacks in them."""
