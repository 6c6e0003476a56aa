"""Tests with many clients, many objects or random requests, on a server in a process of its own."""
