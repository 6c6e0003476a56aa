"""People and their relations: invitations, membership of workspaces, following, and leaving the account."""
