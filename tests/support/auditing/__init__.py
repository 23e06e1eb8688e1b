"""Calls of every kind that changes something, and what the audit trail must say of them."""
