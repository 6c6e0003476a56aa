"""The states of the deletion of a workspace or stack. One without a state has not been deleted."""

# The items of a workspace are moving to the archive of its owner.
ARCHIVING = "archiving"
# The items of a stack are moving to the inbox. On a workspace, an earlier release has set this state, and has begun to
# remove its rows.
DELETING = "deleting"
# It is hidden, and it can be restored until it is purged.
DELETED = "deleted"
# The scheduled function is removing the rows of a workspace. It cannot be restored any more.
PURGING = "purging"
