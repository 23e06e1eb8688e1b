"""Rollbacks: requests to put an earlier version of a model back, who decided on them, and what became of them."""
