"""The providers that questions are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from google.protobuf.message import Message

OPEN, HIDDEN, NOBODY = "acme", "nightjar", "phantoms"  # the last one does not exist, and is as long as the one before

# By the name of a method what asks it of a provider.
Questions = dict[str, Callable[[str], Iterable[Message]]]
