"""Activities, the items of workspaces: their places, states, delegations, comments and alarms, and their deletion."""
