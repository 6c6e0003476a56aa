"""How people work together: invitations, membership of workspaces, following, and leaving the account."""
