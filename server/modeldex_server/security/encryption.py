"""Encryption of what is stored: a ring of keys, of which the first one seals and all open."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES, _NONCE_BYTES = 32, 12
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FORM = "must be ID:BASE64; `openssl rand -base64 32` makes the second part"


class SealBroken(Exception):
    """What was sealed does not open: its key is another, or it was changed, or it belongs to something else."""


class KeyMissing(Exception):
    """What was sealed needs a key that the ring lacks."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The ring has no key {key_id}: add it to cache.encryption_keys.")
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class Sealed:
    """What only the ring opens, and the id of the key that it needs."""

    key_id: str
    data: bytes


class KeyRing:
    """Seals with AES-GCM, each time with a nonce of its own.

    What is sealed is bound to what it belongs to, for example to an entry: moved to another one it does not open.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """`keys`: of 32 bytes each, by their ids, the one that seals first; at least one."""
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.newest = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> Self:
        """A ring as it is written: `ID:BASE64`, with commas or line ends between. Lines may begin with `#`.

        Raises:
            ValueError: it is none. The message shows no key.
        """
        keys: dict[str, bytes] = {}
        for number, (key_id, key) in enumerate(_written(text), start=1):
            if key_id in keys:
                raise ValueError(f"must have an id of its own in each key: that of key {number} was there before")
            if len(key) != _KEY_BYTES:
                raise ValueError(f"must have {_KEY_BYTES} bytes in each key, not {len(key)} as in key {number}")
            keys[key_id] = key
        if not keys:
            raise ValueError("must have at least one key")
        return cls(keys)

    @property
    def ids(self) -> list[str]:
        """The ids of its keys, the one that seals first."""
        return list(self._ciphers)

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._ciphers

    def seal(self, plain: bytes, bound_to: bytes, key_id: str = "") -> Sealed:
        """Seal with the newest key, or with another one of the ring."""
        key_id, nonce = key_id or self.newest, os.urandom(_NONCE_BYTES)
        return Sealed(key_id, nonce + self._ciphers[key_id].encrypt(nonce, plain, bound_to))

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes:
        """What was sealed.

        Raises:
            KeyMissing, SealBroken.
        """
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise KeyMissing(sealed.key_id)
        try:
            return cipher.decrypt(sealed.data[:_NONCE_BYTES], sealed.data[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):  # ValueError: it is too short for a nonce
            raise SealBroken(f"What the key {sealed.key_id} sealed does not open.") from None


def _written(text: str) -> Iterator[tuple[str, bytes]]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    written = [one.strip() for line in lines for one in line.split(",") if one.strip()]
    for number, one in enumerate(written, start=1):
        key_id, colon, encoded = one.partition(":")
        if not colon or not _ID.fullmatch(key_id):
            raise ValueError(f"{_FORM}: key {number} is not")
        try:
            yield key_id, base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"{_FORM}: key {number} is not") from None
