"""Changes across models: which versions are asked for, how they are found, and what they mean."""

from __future__ import annotations

from modeldex_server.history.changes.finding import Position
from modeldex_server.history.changes.listing import ChangePage, Changes
from modeldex_server.history.changes.searching import Effort

__all__ = ["ChangePage", "Changes", "Effort", "Position"]
