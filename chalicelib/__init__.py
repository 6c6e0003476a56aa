"""The OGSM and Workspaces API: routes at the edge, rules in the domain, one table in storage."""
