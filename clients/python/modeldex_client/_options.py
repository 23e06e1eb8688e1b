"""Whom a client calls and how: arguments before environment before defaults, checked before any call."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

import grpc

from modeldex_client._errors import InvalidOption
from modeldex_client._service_config import service_config
from modeldex_client._version import __version__

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_TARGET = "localhost:50051"
_DEFAULT_PORT = DEFAULT_TARGET.rpartition(":")[2]
# Targets of other forms that gRPC knows.
_SCHEME = re.compile(r"(?:dns|ipv4|ipv6|unix|unix-abstract|vsock|xds):")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]@?#]+)(?::(?P<port>\d{1,5}))?")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a client was told. Its text shows no secret."""

    target: str
    timeout: float
    tls: bool = False
    metadata: Metadata | None = field(default=None, repr=False)
    credentials: grpc.ChannelCredentials | None = field(default=None, repr=False)


def read(
    target: str | None,
    token: str | None,
    tls: bool | None,
    ca: str | Path | None,
    certificate: str | Path | None,
    key: str | Path | None,
    timeout: float,
    environment: Mapping[str, str] = os.environ,
) -> Options:
    """Options from arguments; what is None comes from the environment. Raises InvalidOption."""

    def told(value: str | Path | None, name: str) -> str:
        return str(value if value is not None else environment.get(f"MODELDEX_{name}", "")).strip()

    if not timeout > 0:
        raise InvalidOption(f"timeout must be more than 0 seconds, not {timeout:g}.")
    files = {name: told(value, name) for name, value in (("CA", ca), ("CERTIFICATE", certificate), ("KEY", key))}
    switch = _switch(tls, environment.get("MODELDEX_TLS", ""))
    secure = any(files.values()) if switch is None else switch
    whom, metadata = _target(told(target, "TARGET") or DEFAULT_TARGET), _metadata(told(token, "TOKEN"))
    if metadata and not secure and switch is None and not _stays_here(whom):
        raise InvalidOption(
            f"The token would cross the network to {whom} in the clear: set tls or MODELDEX_TLS to 1, or to 0 where "
            "the network itself is trusted."
        )
    return Options(
        target=whom,
        timeout=timeout,
        tls=secure,
        metadata=metadata,
        credentials=_credentials(files) if secure else None,
    )


def channel_options() -> list[tuple[str, str | int]]:
    """The arguments of a channel."""
    return [
        ("grpc.service_config", service_config()),
        # A page of 500 models may hold 32 MiB; the server bounds its answers, so no limit here cuts one off.
        ("grpc.max_receive_message_length", -1),
        # Finds a dead connection below an open call within 40 seconds. The server allows a ping every 10 seconds.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.http2.max_pings_without_data", 0),
        # A server that comes back is found within this time, however long it was away. The first wait stays gRPC's
        # second: all attempts of a call then see how the first connection failed, not one of a name's addresses.
        ("grpc.max_reconnect_backoff_ms", 2_000),
        ("grpc.primary_user_agent", f"modeldex-client/{__version__}"),
    ]


def _target(target: str) -> str:
    if _SCHEME.match(target):
        return target
    found = _HOST.fullmatch(target)
    if found is None:
        raise InvalidOption(f"The target {target!r} is not of the form HOST:PORT; see target and MODELDEX_TARGET.")
    return target if found["port"] else f"{target}:{_DEFAULT_PORT}"


def _stays_here(target: str) -> bool:
    """Whether a target is this machine."""
    if target.startswith("unix"):
        return True
    host = _SCHEME.sub("", target, count=1).lstrip("/").rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _switch(told: bool | None, text: str) -> bool | None:
    """Whether TLS is on; None where nobody said."""
    if told is not None:
        return told
    word = text.strip().lower()
    if word and word not in _YES | _NO:
        raise InvalidOption(f"MODELDEX_TLS is {text!r}; it must be 1 or 0.")
    return word in _YES if word else None


def _metadata(token: str) -> Metadata | None:
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise InvalidOption("The token holds characters that no token has; see token and MODELDEX_TOKEN.")
    return (("authorization", f"Bearer {token}"),)


def _credentials(files: Mapping[str, str]) -> grpc.ChannelCredentials:
    if bool(files["CERTIFICATE"]) != bool(files["KEY"]):
        raise InvalidOption(
            "A client's certificate needs its key and the other way round; see certificate and key, "
            "MODELDEX_CERTIFICATE and MODELDEX_KEY."
        )
    ca, certificate, key = (_pem(file, name) for name, file in files.items())
    return grpc.ssl_channel_credentials(ca, key, certificate)


def _pem(file: str, name: str) -> bytes | None:
    if not file:
        return None
    try:
        with open(os.path.expanduser(file), "rb") as stream:  # pathlib would take 7 ms to load
            data = stream.read()
    except OSError as error:
        raise InvalidOption(
            f"The file {file} cannot be read: {error.strerror}; see {name.lower()} and MODELDEX_{name}."
        ) from None
    if b"-----BEGIN " not in data:
        raise InvalidOption(f"The file {file} is not PEM; see {name.lower()} and MODELDEX_{name}.")
    return data
