"""Conditions: comparisons of fields, checked and compiled once, asked many times. Everything here is pure."""

from modeldex_server.conditions.filters import problems, problems_together
from modeldex_server.conditions.patterns import Patterns

__all__ = ["Patterns", "problems", "problems_together"]
