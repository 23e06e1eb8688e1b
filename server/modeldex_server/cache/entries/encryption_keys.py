"""The keys that what is stored needs: checked at the start, before anything is sealed or opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from modeldex_server.errors import StartError
from modeldex_server.security.encryption import KeyRing, SealBroken, Sealed
from modeldex_server.store.database import Database

# Each key has sealed something: so a wrong key under a known id is found. It is the paths for which all that is stored
# was sealed with that key: none at first. Proofs stay when their keys go: an id means one key for ever.
_PROVE = """
INSERT INTO encryption_key (id, proof)
SELECT id, proof FROM unnest(%(ids)s::text[], %(proofs)s::bytea[]) AS key(id, proof)
ON CONFLICT (id) DO NOTHING"""
_COVER = "UPDATE encryption_key SET proof = %(proof)s WHERE id = %(id)s"
_PROOFS = "SELECT id, proof FROM encryption_key WHERE id = ANY(%(ids)s)"
_NEEDED = """
SELECT DISTINCT secret_key AS id FROM cache_entry
WHERE secret_key IS NOT NULL AND secret_key <> ALL(%(ids)s::text[]) AND expires_at > clock_timestamp()
ORDER BY secret_key"""


@dataclass(frozen=True, slots=True)
class _Proof:
    id: str
    proof: bytes


@dataclass(frozen=True, slots=True)
class _Needed:
    id: str


async def check(database: Database, ring: KeyRing | None) -> None:
    """See that the ring opens what is stored, and remember its keys.

    Raises:
        StartError: a key is another than the one that was known by its id, or one is missing that sealed an entry.
        StoreUnavailable.
    """
    ids = [] if ring is None else ring.ids
    if ring is not None:
        await _check_proofs(database, ring)
    for needed in await database.rows(_Needed, _NEEDED, {"ids": ids}):
        raise StartError(
            f"The encryption key {needed.id} is missing, and secrets of entries are sealed with it: put it back into "
            "cache.encryption_keys, behind the first one, where keys only open."
        )


async def covered(database: Database, ring: KeyRing) -> Sequence[str]:
    """The secret paths for which everything that is stored was sealed with the newest key."""
    (row,) = await database.rows(_Proof, _PROOFS, {"ids": [ring.newest]})
    return _paths(ring, row)


async def cover(database: Database, ring: KeyRing, paths: Sequence[str]) -> None:
    """Remember that it was."""
    await database.execute(_COVER, {"id": ring.newest, "proof": _proof(ring, ring.newest, paths)})


async def _check_proofs(database: Database, ring: KeyRing) -> None:
    async with database.connection() as connection, connection.transaction():
        proofs = [_proof(ring, key_id, ()) for key_id in ring.ids]
        await connection.execute(_PROVE, {"ids": ring.ids, "proofs": proofs})
        cursor = connection.cursor(row_factory=class_row(_Proof))
        for row in await (await cursor.execute(_PROOFS, {"ids": ring.ids})).fetchall():
            try:
                _paths(ring, row)
            except SealBroken:
                raise StartError(
                    f"The encryption key {row.id} is not the one that was known by this id before: put that back into "
                    "cache.encryption_keys, or give the new key an id of its own."
                ) from None


def _proof(ring: KeyRing, key_id: str, paths: Sequence[str]) -> bytes:
    return ring.seal(json.dumps(list(paths)).encode(), _bound_to(key_id), key_id).data


def _paths(ring: KeyRing, row: _Proof) -> list[str]:
    paths: list[str] = json.loads(ring.open(Sealed(row.id, row.proof), _bound_to(row.id)))
    return paths


def _bound_to(key_id: str) -> bytes:
    return f"key\0{key_id}".encode()
