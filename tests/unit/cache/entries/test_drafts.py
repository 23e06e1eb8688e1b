"""Entries made ready to be stored."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.cache.entries.drafts import draft
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.security.encryption import KeyRing
from modeldex_server.security.secret_paths import SecretPaths
from support.models import models, texts

NO_SECRETS = Secrets(SecretPaths([]), None)
TEN = timedelta(minutes=10)


@given(model=models(), tags=st.lists(texts, max_size=5), data=st.data())
def test_equal_entries_give_equal_bytes(model: model_pb2.Model, tags: list[str], data: st.DataObject) -> None:
    """Whatever the order of keys and sets, and however often a tag is named."""
    turned = model_pb2.Model()
    turned.CopyFrom(model)
    for name in ("tags", "alternatives"):
        members = list(getattr(model, name))
        del getattr(turned, name)[:]
        getattr(turned, name).extend(data.draw(st.permutations(members)))
    one = pb.CacheEntry(namespace="team", key=model.id, value=model, tags=tags)
    two = pb.CacheEntry(namespace="team", key=model.id, value=turned, tags=data.draw(st.permutations(tags * 2)))
    assert draft(one, NO_SECRETS, TEN) == draft(two, NO_SECRETS, TEN)


@given(model=models())
def test_a_draft_is_made_of_its_own_draft_again(model: model_pb2.Model) -> None:
    """What is read can be set again, and stays as it is."""
    first = draft(pb.CacheEntry(namespace="team", key=model.id, value=model), NO_SECRETS, TEN)
    again = pb.CacheEntry(namespace="team", key=model.id, value=model_pb2.Model.FromString(first.value))
    assert draft(again, NO_SECRETS, TEN).value == first.value


def test_the_caller_s_version_is_kept_beside_the_value() -> None:
    """It is what a change of versions is noticed by; the value itself has none."""
    model = model_pb2.Model(id="acme/one", version=7, revision=3, listed_by=["x"])
    made = draft(pb.CacheEntry(namespace="team", key="acme/one", value=model), NO_SECRETS, TEN)
    value = model_pb2.Model.FromString(made.value)
    assert made.model_version == 7
    assert (value.version, value.revision, list(value.listed_by)) == (0, 0, [])


def test_the_entry_itself_is_left_as_it_was() -> None:
    """Taking secrets out of a draft takes nothing out of the request."""
    entry = pb.CacheEntry(namespace="team", key="acme/one", value=model_pb2.Model(id="acme/one"))
    entry.metadata["token"] = "x"
    before = entry.SerializeToString(deterministic=True)
    made = draft(entry, Secrets(SecretPaths(["token"]), KeyRing({"k": b"1" * 32})), TEN)
    assert entry.SerializeToString(deterministic=True) == before
    assert made.metadata == b""
    assert (made.secret_key, bool(made.secrets)) == ("k", True)


def test_ttl() -> None:
    """That of the entry, to the microsecond, or the default."""
    entry = pb.CacheEntry(namespace="team", key="acme/one", value=model_pb2.Model(id="acme/one"))
    assert draft(entry, NO_SECRETS, TEN).ttl == TEN
    entry.ttl.FromTimedelta(timedelta(milliseconds=1))
    assert draft(entry, NO_SECRETS, TEN).ttl == timedelta(milliseconds=1)
