"""Secrets of entries: taken out before anything is kept, put back for who may see them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1.model_pb2 import Model
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.security.encryption import KeyMissing, KeyRing, SealBroken
from modeldex_server.security.principals import LOCAL, Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.secret_paths import SecretPaths

OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 16).decode()}" for name in ("k1", "k2"))


def secrets(keys: str = OLD, *paths: str) -> Secrets:
    return Secrets(SecretPaths(paths or ("api_key", "credentials.token")), KeyRing.parse(keys))


def entry(key: str = "acme/one", **metadata: Any) -> pb.CacheEntry:
    made = pb.CacheEntry(namespace="gateway", key=key, value=Model(id=key, display_name="One"), tags=["fast"])
    made.metadata.update(metadata or {"api_key": "sk-entry", "team": "search"})
    made.value.metadata.update({"credentials": {"token": "sk-model", "user": "gw"}})
    return made


def test_secrets_are_sealed_and_come_back() -> None:
    """secrets at rest: of an entry and of its model what is secret is sealed; the rest stays as it was."""
    before, one = entry(), entry()
    sealed = secrets().take(one)
    assert sealed is not None
    assert b"sk-" not in one.SerializeToString() + sealed.data
    assert dict(one.metadata) == {"team": "search"}
    assert dict(one.value.metadata["credentials"]) == {"user": "gw"}
    assert (one.value.display_name, list(one.tags)) == ("One", ["fast"])
    secrets().reveal(one, sealed)
    assert one == before


def test_what_has_no_secrets_is_left_alone() -> None:
    """secrets at rest: nothing is sealed where nothing is secret, with or without keys."""
    for one in (pb.CacheEntry(namespace="gateway", key="acme/one"), entry(team="search")):
        one.value.ClearField("metadata")
        before = one.SerializeToString(deterministic=True)
        assert secrets().take(one) is None
        assert Secrets(SecretPaths(()), None).take(one) is None
        assert one.SerializeToString(deterministic=True) == before


def test_secrets_belong_to_their_entry() -> None:
    """secrets at rest: in the row of another key, or of another namespace, they do not open."""
    one = entry()
    sealed = secrets().take(one)
    assert sealed is not None
    for other in (entry("acme/two"), pb.CacheEntry(namespace="other", key="acme/one")):
        with pytest.raises(SealBroken):
            secrets().reveal(other, sealed)
    for ring in (KeyRing.parse(NEW), None):
        with pytest.raises(KeyMissing):
            Secrets(SecretPaths(()), ring).reveal(entry(), sealed)


def test_what_was_sealed_is_sealed_anew_with_the_rest() -> None:
    """secrets at rest: after a rotation the newest key seals; what a new path names joins what was sealed, and what no
    path names any more stays sealed."""
    one = entry()
    sealed = secrets(OLD, "api_key").take(one)
    assert sealed is not None
    assert b"sk-model" in one.SerializeToString()
    sealed = secrets(f"{NEW},{OLD}", "credentials").take(one, sealed)
    assert sealed is not None
    assert sealed.key_id == "k2"
    assert b"sk-" not in one.SerializeToString()
    secrets(NEW).reveal(one, sealed)
    assert one == entry()


def test_only_writers_and_admins_see_secrets() -> None:
    """secrets at rest: for everybody else the path is absent."""
    seen = {role for role in Role if Secrets.visible_to(Principal("someone", frozenset({role})))}
    assert seen == {Role.WRITER, Role.ADMIN}
    assert Secrets.visible_to(LOCAL)
