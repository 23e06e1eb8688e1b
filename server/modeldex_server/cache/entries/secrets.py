"""Secrets of entries: what stands under secret paths in their metadata, and in that of their models.

It is sealed before an entry is stored or copied anywhere, and opened only for who may see it.
"""

from __future__ import annotations

from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.security.encryption import KeyMissing, KeyRing, Sealed
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.secret_paths import SecretPaths, put_back


class Secrets:
    """Takes secrets out of entries, and puts them back."""

    def __init__(self, paths: SecretPaths, ring: KeyRing | None) -> None:
        """`ring`: needed where there are paths, and to open what was sealed."""
        assert ring is not None or not paths
        self.paths = paths
        self.ring = ring

    @staticmethod
    def visible_to(principal: Principal) -> bool:
        """Whether a caller may see secrets: writers and admins may."""
        return Role.WRITER in principal.permissions

    def take(self, entry: pb.CacheEntry, before: Sealed | None = None) -> Sealed | None:
        """Take what is secret out of an entry, and give it sealed; None where there is nothing.

        What the store gives is to go through it, too: a path may be secret since after the entry was set.

        Args:
            entry: with its namespace and its key, to which what is sealed is bound.
            before: what was taken out of it before. It is sealed anew, together with the rest.

        Raises:
            KeyMissing, SealBroken: `before` does not open.
        """
        if before is None and not self.paths:
            return None
        secret = Struct() if before is None else self._open(entry, before)
        if entry.HasField("metadata"):
            _add(secret, "metadata", self.paths.take(entry.metadata))
        if entry.value.HasField("metadata"):
            _add(secret, "value", self.paths.take(entry.value.metadata))
        if not secret.fields or self.ring is None:
            return None
        return self.ring.seal(secret.SerializeToString(), _bound_to(entry))

    def reveal(self, entry: pb.CacheEntry, sealed: Sealed) -> None:
        """Put what was taken out of an entry back into it, for who may see it.

        Raises:
            KeyMissing, SealBroken: a fault of who keeps the keys or the store, and not of the caller.
        """
        secret = self._open(entry, sealed)
        if "metadata" in secret.fields:
            put_back(entry.metadata, secret.fields["metadata"].struct_value)
        if "value" in secret.fields:
            put_back(entry.value.metadata, secret.fields["value"].struct_value)

    def _open(self, entry: pb.CacheEntry, sealed: Sealed) -> Struct:
        if self.ring is None:
            raise KeyMissing(sealed.key_id)
        return Struct.FromString(self.ring.open(sealed, _bound_to(entry)))


def _add(secret: Struct, part: str, taken: Struct) -> None:
    if taken.fields:
        put_back(secret.fields[part].struct_value, taken)


def _bound_to(entry: pb.CacheEntry) -> bytes:
    return f"entry\0{entry.namespace}\0{entry.key}".encode()
