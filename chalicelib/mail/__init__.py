"""Mail: what the mails say, how they are sent, and how sending went."""
