"""Groups of commands as typer sees them."""

from typing import Any

from typer.core import TyperGroup


class Group(TyperGroup):
    """Commands of one noun. Without a command it shows its help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """An empty line asks for help."""
        return super().parse_args(ctx, args or ["--help"])
