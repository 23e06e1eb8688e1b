"""Resume tokens: where a stream continues, opaque to callers, signed, and good for the same filters and scope only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import AccessChanged, HistoryRewound, InvalidResumeToken
from modeldex_server.security.scope import EVERYTHING, Scope

_VERSION = b"\x01"
_HASH_BYTES = 8  # of the selection, and of the scope
_SIGNATURE_BYTES = 16
_EPOCH_BYTES = 16
_REVISION_BYTES = 8
_BYTES = _SIGNATURE_BYTES + len(_VERSION) + _EPOCH_BYTES + _REVISION_BYTES + 2 * _HASH_BYTES
_CHARACTERS = _BYTES * 4 // 3  # it is a multiple of 3, so that there is one way to write it


class ResumeTokens:
    """Makes and reads resume tokens. All replicas need the same key, and know the epoch of the history."""

    def __init__(self) -> None:
        self.use(b"", UUID(int=0))

    def use(self, key: bytes, epoch: UUID) -> None:
        """Sign with a key, for a history. Before the first call is let in, and when the history was rewound."""
        self._key = hashlib.blake2b(key, digest_size=32, person=b"resume tokens").digest()
        self._epoch = epoch.bytes

    def encode(self, revision: int, selection: bytes, scope: Scope = EVERYTHING) -> str:
        """The token of a stream that is through a revision."""
        body = _VERSION + self._epoch + revision.to_bytes(_REVISION_BYTES) + _hash(selection) + _hash(scope.key)
        return base64.urlsafe_b64encode(self._signature(body) + body).decode()

    def decode(self, token: str, selection: bytes, scope: Scope = EVERYTHING) -> int:
        """The revision that a token continues after.

        Raises:
            InvalidResumeToken: it is not one of ours, was changed, or is of a stream with other filters.
            HistoryRewound: it is of a history that is no more.
            AccessChanged: it is of a stream that might show other providers.
        """
        signature, body = _split(token)
        if not hmac.compare_digest(signature, self._signature(body)) or body[:1] != _VERSION:
            raise InvalidResumeToken
        epoch, rest = body[1 : 1 + _EPOCH_BYTES], body[1 + _EPOCH_BYTES :]
        if epoch != self._epoch:
            raise HistoryRewound
        of_selection, of_scope = rest[_REVISION_BYTES:-_HASH_BYTES], rest[-_HASH_BYTES:]
        if of_selection != _hash(selection):
            raise InvalidResumeToken
        if of_scope != _hash(scope.key):
            raise AccessChanged
        return int.from_bytes(rest[:_REVISION_BYTES])

    def tail(self, revision: int, selection: bytes, scope: Scope = EVERYTHING) -> bytes:
        """The fields of an answer that say how far it goes."""
        token = self.encode(revision, selection, scope)
        return api.WatchResponse(resume_token=token, revision=revision).SerializeToString()

    def _signature(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=_SIGNATURE_BYTES).digest()


def _hash(selection: bytes) -> bytes:
    return hashlib.blake2b(selection, digest_size=_HASH_BYTES).digest()


def _split(token: str) -> tuple[bytes, bytes]:
    if len(token) != _CHARACTERS:
        raise InvalidResumeToken
    try:
        data = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidResumeToken from None
    if len(data) != _BYTES:
        raise InvalidResumeToken
    return data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
