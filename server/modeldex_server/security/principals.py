"""Principals: who calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from modeldex_server.security.roles import Role, granted


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `roles` are those given to it, `permissions` these with all that they include."""

    name: str
    roles: frozenset[Role]
    permissions: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", granted(self.roles))


# Whoever is on this machine, where nobody was given a token: what needs a second person needs tokens.
LOCAL = Principal("local", frozenset(Role) - {Role.APPROVER, Role.BREAK_GLASS})
