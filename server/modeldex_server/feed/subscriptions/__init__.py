"""Durable subscriptions: what each asks for, where it stands in the log, and what it gave up."""
