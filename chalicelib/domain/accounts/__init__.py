"""Accounts, their users, and the credentials and tokens with which users sign in."""
