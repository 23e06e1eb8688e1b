# Written by scripts/unasync.py from _async/__init__.py; edit that one.
"""The client for threads."""
