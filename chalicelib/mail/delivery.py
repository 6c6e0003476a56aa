"""The outcomes of sending a mail, as invitations and delegations show them in `delivery`.

A mail is `sent` once Amazon SES has accepted it, `failed` if SES refused it or could not be reached, and `unsent`
until it has been tried.
"""

SENT, FAILED, UNSENT = "sent", "failed", "unsent"
