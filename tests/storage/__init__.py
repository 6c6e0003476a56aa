"""Tests of the storage layer: the table, the runner, rows and their versions."""
