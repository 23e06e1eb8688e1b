"""Scope: the providers that a principal may see, and with them their models and all that is told of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Scope:
    """Some providers, or all where `providers` is None. What it does not cover is to its principal as if it did not
    exist. `key` is equal for equal scopes, in every process; empty for all providers."""

    providers: frozenset[str] | None = None
    key: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", b"" if self.providers is None else _digest(self.providers))

    @property
    def listed(self) -> list[str] | None:
        """The providers as a query takes them: sorted, None for all."""
        return None if self.providers is None else sorted(self.providers)

    def covers(self, provider_id: str) -> bool:
        """Whether a provider may be seen."""
        return self.providers is None or provider_id in self.providers

    def covers_model(self, model_id: str) -> bool:
        """Whether a model may be seen: it belongs to the provider that its id begins with."""
        return self.providers is None or model_id.partition("/")[0] in self.providers


EVERYTHING = Scope()


def _digest(providers: frozenset[str]) -> bytes:
    # No provider's id has a slash.
    return hashlib.blake2b("/".join(sorted(providers)).encode(), digest_size=_KEY_BYTES).digest()
