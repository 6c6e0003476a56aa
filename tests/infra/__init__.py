"""Tests of what is around the service: commands, packaging, deployment, documentation and the house rules."""
