"""Attempts: calls that change something, or try to, as the audit trail keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex_server.security.origin import Origin

# What came of an attempt that made no version. That of a refused one is the name of its reason.
DONE, UNCHANGED = "done", "unchanged"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: by whom and from where, what it was, and what came of it. `provider_id` is empty where it is about none
    or about several."""

    origin: Origin
    method: str
    outcome: str
    resource: str = ""
    provider_id: str = ""
    request_id: str = ""
    reason: str = ""
