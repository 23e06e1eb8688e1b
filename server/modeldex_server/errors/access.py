"""Who may not do what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


class Unauthenticated(ModeldexError):
    """No valid credential came with the call."""

    reason = pb.ERROR_REASON_UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__('No valid token or certificate came with the call: send "authorization: Bearer <token>".')


class PermissionDenied(ModeldexError):
    """None of the caller's roles may call the method."""

    reason = pb.ERROR_REASON_PERMISSION_DENIED

    def __init__(self, method: str, principal: str, roles: Sequence[str], required: str) -> None:
        super().__init__(
            f"{principal} may not call {method}: it needs the role {required}.",
            method=method,
            principal=principal,
            roles=",".join(roles),
            required_role=required,
        )


class ProviderDenied(ModeldexError):
    """The caller has no right to the provider, or where it is "*" not to all of them."""

    reason = pb.ERROR_REASON_PROVIDER_DENIED

    def __init__(self, provider_id: str, principal: str) -> None:
        which = "all providers" if provider_id == "*" else f"the provider {provider_id}"
        super().__init__(f"{principal} has no right to {which}.", provider_id=provider_id, principal=principal)


class RateLimited(ModeldexError):
    """The caller makes more calls than it may."""

    reason = pb.ERROR_REASON_RATE_LIMITED

    def __init__(self, limit: float, principal: str, wait: timedelta) -> None:
        super().__init__(
            f"{principal} may make {limit:g} calls a second; wait a little.", limit=f"{limit:g}", principal=principal
        )
        self.retry_after = wait
