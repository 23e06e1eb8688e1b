"""Entries of callers: stored in PostgreSQL, copied to memory and to Redis under versions that never come twice."""
