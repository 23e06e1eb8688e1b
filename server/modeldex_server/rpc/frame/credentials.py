"""What came with a call to say who calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import grpc

from modeldex.v1 import history_pb2 as pb
from modeldex_server.errors import Unauthenticated
from modeldex_server.security.identity import Identity
from modeldex_server.security.origin import Origin
from modeldex_server.security.principals import Principal

Context = grpc.aio.ServicerContext[Any, Any]
_CERTIFICATE_NAMES = ("x509_subject_alternative_name", "x509_common_name")
_PEER_CHARACTERS = 200


def principal_of(context: Context, identity: Identity) -> Principal:
    """The principal of a call. Raises Unauthenticated."""
    for key, value in context.invocation_metadata() or ():
        if key == "authorization":
            return identity.principal(value if isinstance(value, str) else value.decode("utf-8", "replace"))
    return identity.principal(None, _certificate_names(context))


def origin_of(context: Context, identity: Identity) -> Origin:
    """Where a call comes from, also one of nobody that is known."""
    peer = _peer(context)
    if not identity.required:
        return Origin(identity.local.name, pb.AUTHENTICATION_LOCAL, peer)
    by_token = any(key == "authorization" for key, _ in context.invocation_metadata() or ())
    try:
        name = principal_of(context, identity).name
    except Unauthenticated:
        return Origin("", pb.AUTHENTICATION_NONE, peer)
    return Origin(name, pb.AUTHENTICATION_TOKEN if by_token else pb.AUTHENTICATION_CERTIFICATE, peer)


def _peer(context: Context) -> str:
    return unquote(context.peer())[:_PEER_CHARACTERS]  # gRPC quotes the brackets of "ipv6:[::1]:50112"


def _certificate_names(context: Context) -> Iterator[str]:
    properties = context.auth_context()
    for key in _CERTIFICATE_NAMES:
        for name in properties.get(key, ()):
            yield name.decode("utf-8", "replace")
