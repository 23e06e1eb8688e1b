"""Principals: who calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from modeldex_server.errors import ProviderDenied
from modeldex_server.security.quotas import UNLIMITED, Quota
from modeldex_server.security.roles import Role, granted
from modeldex_server.security.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `roles` are those given to it, `permissions` these with all that they include."""

    name: str
    roles: frozenset[Role]
    scope: Scope = EVERYTHING
    quota: Quota = UNLIMITED
    permissions: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", granted(self.roles))

    def require_provider(self, provider_id: str) -> None:
        """Raises ProviderDenied where it has no right to a provider, whether or not that exists."""
        if not self.scope.covers(provider_id):
            raise ProviderDenied(provider_id, self.name)

    def require_model(self, model_id: str) -> None:
        """Raises ProviderDenied where it has no right to the provider of a model, whether or not that exists."""
        self.require_provider(model_id.partition("/")[0])

    def require_every_provider(self) -> None:
        """Raises ProviderDenied where it has a right to some providers only."""
        if self.scope.providers is not None:
            raise ProviderDenied("*", self.name)


# Whoever is on this machine, where nobody was given a token: what needs a second person needs tokens.
LOCAL = Principal("local", frozenset(Role) - {Role.APPROVER, Role.BREAK_GLASS})

# Under these the server writes itself: whoever reads the log must be able to tell, so no caller has such a name.
DISCOVERY, FEED, CACHE, HISTORY = "discovery", "feed", "cache", "history"
RESERVED = frozenset({LOCAL.name, DISCOVERY, FEED, CACHE, HISTORY})
