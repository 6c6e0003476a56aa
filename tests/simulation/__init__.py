"""A deterministic simulation of the service: one seed decides the order of all steps and every fault."""
