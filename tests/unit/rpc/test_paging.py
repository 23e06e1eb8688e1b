"""Page tokens are opaque, ours, and of one query."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.errors import InvalidPageToken
from modeldex_server.rpc.paging import Cursor, PageTokens, query_hash
from modeldex_server.security.scope import EVERYTHING, Scope

TOKENS = PageTokens(b"k" * 32)
QUERY = query_hash(pb.ListModelsRequest())


@given(st.none() | st.text(), st.text(), st.none() | st.integers(0, 2**63 - 1))
def test_a_token_gives_its_cursor_back(sort_value: str | None, last_id: str, as_of: int | None) -> None:
    """as it was: a token of the past holds its revision, also where that is 0."""
    cursor = Cursor(QUERY, sort_value, last_id, as_of)
    if "\ud800" <= max(last_id + (sort_value or ""), default="") <= "\udfff":
        return
    assert TOKENS.decode(TOKENS.encode(cursor), QUERY) == cursor


def test_pages_of_one_query_may_differ_in_size_and_freshness() -> None:
    first = pb.ListModelsRequest(page_size=10, descending=True)
    second = pb.ListModelsRequest(
        page_size=20, descending=True, page_token="t", include_total_size=True, min_revision=4
    )
    assert query_hash(first) == query_hash(second)


def test_a_token_of_another_scope_is_refused() -> None:
    """provider rights: a place in the list of one that sees other providers is none in this list."""
    scopes = [EVERYTHING, Scope(frozenset({"acme"})), Scope(frozenset({"acme", "openai"}))]
    for own in scopes:
        request = pb.ListModelsRequest(page_token=TOKENS.token_after(pb.ListModelsRequest(), "1", "a/b", own))
        cursor = TOKENS.cursor_of(request, own)
        assert cursor is not None
        assert cursor.id == "a/b"
        for other in scopes:
            if other is not own:
                with pytest.raises(InvalidPageToken):
                    TOKENS.cursor_of(request, other)


def test_a_token_of_another_query_is_refused() -> None:
    request = pb.ListModelsRequest(descending=True)
    request.page_token = TOKENS.token_after(pb.ListModelsRequest(), "1", "a/b")
    with pytest.raises(InvalidPageToken):
        TOKENS.cursor_of(request)


def test_a_token_of_another_server_is_refused() -> None:
    token = PageTokens(b"other" * 8).encode(Cursor(QUERY, None, "a/b"))
    with pytest.raises(InvalidPageToken):
        TOKENS.decode(token, QUERY)


def test_a_token_with_any_byte_changed_is_refused() -> None:
    raw = base64.urlsafe_b64decode(TOKENS.encode(Cursor(QUERY, "5", "acme/one")) + "==")
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(InvalidPageToken):
            TOKENS.decode(base64.urlsafe_b64encode(changed).decode().rstrip("="), QUERY)


@pytest.mark.parametrize("token", ["", "x", "!!!", "é", "a" * 1_000_000, "AAAA" * 20])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidPageToken):
        TOKENS.decode(token, QUERY)


def test_the_first_page_has_no_cursor() -> None:
    assert TOKENS.cursor_of(pb.ListModelsRequest()) is None
