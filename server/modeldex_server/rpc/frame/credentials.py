"""What came with a call to say who calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc

from modeldex_server.security.identity import Identity
from modeldex_server.security.principals import Principal

Context = grpc.aio.ServicerContext[Any, Any]
_CERTIFICATE_NAMES = ("x509_subject_alternative_name", "x509_common_name")


def principal_of(context: Context, identity: Identity) -> Principal:
    """The principal of a call. Raises Unauthenticated."""
    for key, value in context.invocation_metadata() or ():
        if key == "authorization":
            return identity.principal(value if isinstance(value, str) else value.decode("utf-8", "replace"))
    return identity.principal(None, _certificate_names(context))


def _certificate_names(context: Context) -> Iterator[str]:
    properties = context.auth_context()
    for key in _CERTIFICATE_NAMES:
        for name in properties.get(key, ()):
            yield name.decode("utf-8", "replace")
