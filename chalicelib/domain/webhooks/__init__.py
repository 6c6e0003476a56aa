"""Webhooks: setting them up, and delivering the changes of the feed to them."""
