"""Keys of secrets over time: a wrong one, a missing one, a new one, and one that is needed no more."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1.model_pb2 import Model
from modeldex_server.cache.entries import encryption_keys
from modeldex_server.cache.entries.resealing import Resealer
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.errors import StartError
from modeldex_server.security.encryption import KeyRing, Sealed
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.store.database import Database
from support.checks import Catalogue

OLD, NEW, OTHER = (f"{name}:{base64.b64encode(fill * 32).decode()}" for name, fill in
                   (("k1", b"1"), ("k2", b"2"), ("k1", b"3")))  # fmt: skip
_SET = """
INSERT INTO cache_entry (namespace, key, value, model_version, tags, priority, metadata, secrets, secret_key, ttl,
                         principal, expires_at)
VALUES (%s, %s, %s, 0, '{}', 0, %s, %s, %s, '1 hour', 'test', clock_timestamp() + %s::interval)"""


def secrets(keys: str, *paths: str) -> Secrets:
    return Secrets(SecretPaths(paths), KeyRing.parse(keys))


class Entries:
    """Entries as they are stored."""

    def __init__(self, tables: Catalogue) -> None:
        self._tables = tables

    def put(self, by: Secrets, key: str, *, lives: str = "1 hour", **metadata: Any) -> None:
        """Set one, as the room of entries does."""
        entry = pb.CacheEntry(namespace="gateway", key=key, value=Model(id=key))
        entry.metadata.update(metadata)
        entry.value.metadata.update({"credentials": {"token": f"model-{key}"}})
        sealed = by.take(entry)
        values = (entry.value.SerializeToString(), entry.metadata.SerializeToString())
        data, key_id = (None, None) if sealed is None else (sealed.data, sealed.key_id)
        self._tables.run(_SET, ["gateway", key, *values, data, key_id, lives])

    def get(self, by: Secrets, key: str) -> pb.CacheEntry:
        """One with its secrets."""
        (row,) = self._tables.rows("SELECT value, metadata, secrets, secret_key FROM cache_entry WHERE key = %s", [key])
        entry = pb.CacheEntry(
            namespace="gateway", key=key, value=Model.FromString(row[0]), metadata=Struct.FromString(row[1])
        )
        if row[2] is not None:
            by.reveal(entry, Sealed(row[3], row[2]))
        return entry

    def versions(self) -> dict[str, int]:
        return dict(self._tables.rows("SELECT key, entry_version FROM cache_entry"))

    def keys(self) -> dict[str | None, int]:
        """How many entries each key sealed."""
        return dict(self._tables.rows("SELECT secret_key, count(*) FROM cache_entry GROUP BY 1"))

    def clear(self) -> bytes:
        """All that stands in the clear."""
        return b"".join(row[0] + row[1] for row in self._tables.rows("SELECT value, metadata FROM cache_entry"))


@pytest.fixture
def entries(database_url: str) -> Entries:
    return Entries(Catalogue(database_url))


async def test_a_wrong_key_under_a_known_id_is_found_at_the_start(database: Database) -> None:
    """secrets at rest: before anything is sealed with it; the message says what to do and shows no key."""
    await encryption_keys.check(database, None)
    await encryption_keys.check(database, KeyRing.parse(OLD))
    await encryption_keys.check(database, KeyRing.parse(OLD))
    with pytest.raises(StartError, match=r"key k1 is not the one that was known.*cache\.encryption_keys") as told:
        await encryption_keys.check(database, KeyRing.parse(f"{NEW},{OTHER}"))
    assert OTHER[3:20] not in str(told.value)
    # That start has left nothing behind: k2 may still become another key.
    await encryption_keys.check(database, KeyRing.parse(f"k2:{OTHER[3:]},{OLD}"))


async def test_a_key_is_needed_as_long_as_it_sealed_something(database: Database, entries: Entries) -> None:
    """secrets at rest: without a key that sealed an entry no server starts; one that nothing needs may go."""
    await encryption_keys.check(database, KeyRing.parse(OLD))
    old = secrets(OLD, "api_key")
    entries.put(old, "acme/one", api_key="s")
    entries.put(old, "acme/gone", lives="-1 second", api_key="s")
    for ring in (None, KeyRing.parse(NEW)):
        with pytest.raises(StartError, match="key k1 is missing, and secrets of entries are sealed with it"):
            await encryption_keys.check(database, ring)
    rotated = secrets(f"{NEW},{OLD}", "api_key")
    await encryption_keys.check(database, rotated.ring)
    assert await Resealer(database, rotated).reseal() == 1
    await encryption_keys.check(database, KeyRing.parse(NEW))
    assert entries.get(secrets(NEW), "acme/one").metadata["api_key"] == "s"


async def test_everything_is_sealed_anew_after_a_rotation(database: Database, entries: Entries) -> None:
    """secrets at rest: in slices, each entry once, whichever replica does it; versions stay, and so do copies."""
    old, rotated = (secrets(keys, "api_key", "credentials.token") for keys in (OLD, f"{NEW},{OLD}"))
    await encryption_keys.check(database, old.ring)
    for number in range(120):
        entries.put(old, f"acme/{number:03}", api_key=f"sk-{number}", team="t")
    versions = entries.versions()
    await Resealer(database, old).reseal()
    assert entries.keys() == {"k1": 120}
    await encryption_keys.check(database, rotated.ring)
    assert await Resealer(database, rotated).reseal() == 120
    assert await Resealer(database, rotated).reseal() == 0
    assert entries.keys() == {"k2": 120}
    assert entries.versions() == versions
    entry = entries.get(secrets(NEW), "acme/007")
    assert (dict(entry.metadata), entry.value.metadata["credentials"]["token"]) == (
        {"api_key": "sk-7", "team": "t"},
        "model-acme/007",
    )
    # What another replica sealed with the old key since then.
    entries.put(old, "acme/late", api_key="sk-late")
    assert await Resealer(database, rotated).reseal() == 1
    assert entries.keys() == {"k2": 121}


async def test_what_becomes_secret_is_sealed(database: Database, entries: Entries) -> None:
    """secrets at rest: entries that were set before their paths were secret are sealed after the next start, under new
    versions, so that no copy in the clear is used; those without secrets are left alone."""
    none, some = Secrets(SecretPaths(()), None), secrets(OLD, "api_key", "credentials.token")
    entries.put(none, "acme/one", api_key="sk-one")
    entries.put(none, "acme/two", team="t")
    before = entries.versions()
    await encryption_keys.check(database, some.ring)
    assert await Resealer(database, some).reseal() == 2
    assert await encryption_keys.covered(database, KeyRing.parse(OLD)) == ["api_key", "credentials.token"]
    assert b"sk-" not in entries.clear()
    assert b"model-acme" not in entries.clear()
    after = entries.versions()
    assert all(after[key] > before[key] for key in before)
    assert entries.get(some, "acme/one").metadata["api_key"] == "sk-one"
    fewer = secrets(OLD, "api_key")
    assert await Resealer(database, fewer).reseal() == 0
    assert entries.get(fewer, "acme/two").value.metadata["credentials"]["token"] == "model-acme/two"
    assert b"model-acme" not in entries.clear()


async def test_what_does_not_open_stays_and_keeps_nothing_else(database: Database, entries: Entries) -> None:
    """secrets at rest: a row that somebody has damaged is told in the log, and the others are sealed anew."""
    old, rotated = secrets(OLD, "api_key"), secrets(f"{NEW},{OLD}", "api_key")
    await encryption_keys.check(database, rotated.ring)
    for key in ("acme/a", "acme/b", "acme/c"):
        entries.put(old, key, api_key="sk")
    Catalogue(database.url).run("UPDATE cache_entry SET secrets = secrets || '\\x00' WHERE key = 'acme/b'")
    assert await Resealer(database, rotated).reseal() == 2
    assert entries.keys() == {"k1": 1, "k2": 2}
