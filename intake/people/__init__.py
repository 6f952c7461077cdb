"""Accounts, sign-in, who may open which door, and the audit trail."""
