"""Page tokens: where the next page begins, opaque to callers, signed, and good for one query only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from modeldex_server.errors import InvalidPageToken
from modeldex_server.security.scope import EVERYTHING, Scope

_VERSION = b"\x01"
_HASH_BYTES = 16
_SIGNATURE_BYTES = 16
# Longer than any token of ours: a sort value and an id of 1,024 bytes each, escaped.
_LONGEST = 32_768
# What may differ between the pages of one query.
_NOT_OF_THE_QUERY = ("page_token", "page_size", "include_total_size", "min_revision")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the text of its sort value, None where that is unknown, and its id. `as_of`: the revision
    that all pages are of, where the past was asked for."""

    query: bytes
    sort_value: str | None
    id: str
    as_of: int | None = None


def query_hash(request: Message, scope: Scope = EVERYTHING) -> bytes:
    """What is the same for all pages of one query in one scope, and differs between queries and scopes."""
    copy = type(request)()
    copy.CopyFrom(request)
    for field in _NOT_OF_THE_QUERY:
        if field in request.DESCRIPTOR.fields_by_name:
            copy.ClearField(field)
    data = (
        request.DESCRIPTOR.full_name.encode() + b"\0" + scope.key + b"\0" + copy.SerializeToString(deterministic=True)
    )
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()


class PageTokens:
    """Makes and reads page tokens. All replicas need the same `key`, of at least 16 bytes."""

    def __init__(self, key: bytes = b"") -> None:
        """Without a key: `use` gives one before the first call is let in."""
        self.use(key)

    def use(self, key: bytes) -> None:
        """Sign with another key."""
        self._key = hashlib.blake2b(key, digest_size=32, person=b"page tokens").digest()

    def encode(self, cursor: Cursor) -> str:
        """The token of a cursor."""
        row = [cursor.sort_value, cursor.id] + ([] if cursor.as_of is None else [cursor.as_of])
        body = _VERSION + cursor.query + json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(body) + body).rstrip(b"=").decode()

    def decode(self, token: str, query: bytes) -> Cursor:
        """The cursor of a token. Raises InvalidPageToken for one that is not ours, was changed, or of another query."""
        signature, body = _split(token)
        if not hmac.compare_digest(signature, self._signature(body)):
            raise InvalidPageToken
        version, signed_query, row = body[:1], body[1 : 1 + _HASH_BYTES], body[1 + _HASH_BYTES :]
        if version != _VERSION or signed_query != query:
            raise InvalidPageToken
        return Cursor(query, *json.loads(row))

    def cursor_of(self, request: Any, scope: Scope = EVERYTHING) -> Cursor | None:
        """The cursor that a list request begins after; None for its first page. Raises InvalidPageToken."""
        return self.decode(request.page_token, query_hash(request, scope)) if request.page_token else None

    def token_after(
        self,
        request: Message,
        sort_value: str | None,
        last_id: str,
        scope: Scope = EVERYTHING,
        *,
        as_of: int | None = None,
    ) -> str:
        """The token of the page after a row, for whoever has the same scope."""
        return self.encode(Cursor(query_hash(request, scope), sort_value, last_id, as_of))

    def _signature(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=_SIGNATURE_BYTES).digest()


def _split(token: str) -> tuple[bytes, bytes]:
    if len(token) > _LONGEST:
        raise InvalidPageToken
    try:
        data = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidPageToken from None
    return data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
