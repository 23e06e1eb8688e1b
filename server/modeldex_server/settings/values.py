"""The kinds of values that settings have, and what is checked of them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr


def number_of_seconds(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value.strip()):
        return float(value)
    return value


def list_of_text(value: object) -> object:
    """A list as an environment variable holds it: with commas between, or in JSON."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [word.strip() for word in value.split(",") if word.strip()]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be texts with commas between, or a list in JSON") from None


def nothing_if_empty(value: object) -> object:
    return None if value == "" else value


def within(least: timedelta, most: timedelta, words: str) -> AfterValidator:
    """A bound that pydantic's own would tell in Python's words."""

    def check(value: timedelta | None) -> timedelta | None:
        if value is not None and not least <= value <= most:
            raise ValueError(f"must be {words}")
        return value

    return AfterValidator(check)


def nothing_or_within(least: float, most: float, words: str) -> AfterValidator:
    def check(value: float) -> float:
        if value == 0 or least <= value <= most:
            return value
        raise ValueError(f"must be {words}")

    return AfterValidator(check)


Span = Annotated[timedelta, BeforeValidator(number_of_seconds)]
OptionalSpan = Annotated[timedelta | None, BeforeValidator(number_of_seconds)]
Limit = Annotated[Span, within(timedelta(milliseconds=1), timedelta(days=1), "1 millisecond to 1 day")]
Wait = Annotated[Span, within(timedelta(0), timedelta(hours=1), "0 seconds to 1 hour")]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(nothing_if_empty)]
OptionalPath = Annotated[Path | None, BeforeValidator(nothing_if_empty)]
OptionalText = Annotated[str | None, BeforeValidator(nothing_if_empty)]


def split_address(address: str) -> tuple[str, int]:
    """Takes "HOST:PORT" or "[IPV6]:PORT" apart. ValueError where it is neither."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise ValueError('must be "HOST:PORT", for example "localhost:50051"')
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], int(port)
    if ":" in host:
        raise ValueError('needs brackets around an IPv6 address, for example "[::1]:50051"')
    return host, int(port)


# What the driver would read from the address beside these is not the owner's to set: limits, retries, the protocol.
_REDIS_OPTIONS = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}


def names_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else {}
        return (
            parts.scheme in ("redis", "rediss")
            and bool(parts.hostname)
            and parts.port != 0
            and re.fullmatch(r"(/[0-9]{0,9})?", parts.path) is not None
            and not parts.fragment
            and options.keys() <= (_REDIS_OPTIONS if parts.scheme == "rediss" else set())
        )
    except ValueError:
        return False
