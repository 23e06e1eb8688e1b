"""`modeldex cache`: entries that services share, copies that answer reads, invalidation and its rules."""

from modeldex_server.cli.cache.commands import app

__all__ = ["app"]
