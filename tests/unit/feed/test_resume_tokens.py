"""Resume tokens."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.errors import AccessChanged, HistoryRewound, InvalidResumeToken
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.security.scope import EVERYTHING, Scope

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def tokens(key: bytes = b"key", epoch: int = 1) -> ResumeTokens:
    made = ResumeTokens()
    made.use(key, UUID(int=epoch))
    return made


@given(st.integers(0, 2**63 - 1), st.binary(max_size=50))
def test_a_token_is_read_by_every_replica(revision: int, selection: bytes) -> None:
    """resumable: with the key and the history that they share, any of them reads what another made."""
    assert tokens().decode(tokens().encode(revision, selection), selection) == revision


@given(st.integers(0, 75), st.sampled_from([*_LETTERS, "+", "/", "=", " ", "ä"]))
def test_a_token_that_was_changed_is_none(at: int, letter: str) -> None:
    """resumable: there is one way to write a token, and no other letter in any place of it passes."""
    token = tokens().encode(123, b"filter")
    changed = token[:at] + letter + token[at + 1 :]
    if changed != token:
        with pytest.raises(InvalidResumeToken):
            tokens().decode(changed, b"filter")


@given(st.text(max_size=200))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    """typed errors: whatever comes in its place is refused."""
    with pytest.raises(InvalidResumeToken):
        tokens().decode(text, b"filter")


def test_a_token_is_of_one_catalogue_one_history_and_one_filter() -> None:
    """resumable: it is none with another key or filter; of a history that is no more it says so."""
    token = tokens().encode(5, b"filter")
    for decode in (lambda: tokens(b"other").decode(token, b"filter"), lambda: tokens().decode(token, b"filters")):
        with pytest.raises(InvalidResumeToken):
            decode()
    with pytest.raises(HistoryRewound):
        tokens(epoch=2).decode(token, b"filter")


def test_a_token_is_of_one_scope_and_says_so() -> None:
    """provider rights: with other providers to see a copy would be neither whole nor free of what may not be seen, so
    its place is refused, in other words than one of other filters or of another history."""
    acme, more = Scope(frozenset({"acme"})), Scope(frozenset({"acme", "openai"}))
    for before, after in ((acme, more), (more, acme), (EVERYTHING, acme), (acme, EVERYTHING)):
        token = tokens().encode(5, b"filter", before)
        assert tokens().decode(token, b"filter", before) == 5
        with pytest.raises(AccessChanged):
            tokens().decode(token, b"filter", after)
        with pytest.raises(InvalidResumeToken):
            tokens().decode(token, b"filters", after)
        with pytest.raises(HistoryRewound):
            tokens(epoch=2).decode(token, b"filter", after)
