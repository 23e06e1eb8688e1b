"""A scope is some providers, or all."""

from __future__ import annotations

import pytest

from modeldex_server.errors import ProviderDenied
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import EVERYTHING, Scope

ACME = Scope(frozenset({"acme"}))


def test_a_scope_covers_its_providers_and_what_belongs_to_them() -> None:
    """provider rights: a model belongs to the provider that its id begins with, whoever else the rest names."""
    assert ACME.covers("acme")
    assert ACME.covers_model("acme/openai/gpt")
    for other in ("", "acm", "acme2", "ACME", "acme/one", "openai"):
        assert not ACME.covers(other)
    for model in ("openai/acme", "openai/acme/one", "acme2/one", "", "/acme"):
        assert not ACME.covers_model(model)


def test_everything_covers_what_nobody_knows() -> None:
    """provider rights: who has no list of providers sees those that come later."""
    assert EVERYTHING.covers("new")
    assert EVERYTHING.covers_model("new/one")
    assert EVERYTHING.listed is None


def test_equal_scopes_are_told_by_their_keys() -> None:
    """provider rights: tokens are bound to the key, so it is the same for one set of providers in any order, and
    another for any other set."""
    assert Scope(frozenset({"b", "a"})).key == Scope(frozenset({"a", "b"})).key
    sets = [frozenset({"a"}), frozenset({"a", "b"}), frozenset({"ab"}), frozenset({"b"})]
    assert len({EVERYTHING.key, *(Scope(one).key for one in sets)}) == len(sets) + 1
    assert Scope(frozenset({"b", "a"})) == Scope(frozenset({"a", "b"})) != ACME


def test_a_right_that_is_missing_is_told_alike_of_what_exists_and_what_does_not() -> None:
    """provider rights: the refusal names what the caller named, and itself."""
    principal = Principal("ci", frozenset({Role.WRITER}), ACME)
    principal.require_model("acme/any")
    with pytest.raises(ProviderDenied) as raised:
        principal.require_model("openai/any")
    assert raised.value.metadata == {"provider_id": "openai", "principal": "ci"}
