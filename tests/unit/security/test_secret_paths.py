"""Secret paths: what they take out of metadata, and that it can be put back."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.security.secret_paths import SecretPaths, put_back


def struct(values: dict[str, Any]) -> Struct:
    made = Struct()
    made.update(values)
    return made


@pytest.mark.parametrize(
    ("paths", "metadata", "clear", "secret"),
    [
        (["api_key"], {"api_key": "s", "team": "t"}, {"team": "t"}, {"api_key": "s"}),
        (["a.b"], {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}, {"a": {"b": 1}}),
        (["a.b"], {"b": 1, "c": {"b": 2}}, {"b": 1, "c": {"b": 2}}, {}),
        # A path means all below it; the shorter of two wins.
        (["a"], {"a": {"b": {"c": 1}}}, {}, {"a": {"b": {"c": 1}}}),
        (["a.b", "a", "a.b.c"], {"a": {"b": {"c": 1}}}, {}, {"a": {"b": {"c": 1}}}),
        (["a.b", "a.c"], {"a": {"b": 1, "c": 2}}, {"a": {}}, {"a": {"b": 1, "c": 2}}),
        # Through a list, or a value that holds none: too much rather than too little.
        (["keys.token"], {"keys": [{"token": "s"}]}, {}, {"keys": [{"token": "s"}]}),
        (["keys.token"], {"keys": "s"}, {}, {"keys": "s"}),
        (["keys.token"], {"keys": None}, {}, {"keys": None}),
        (["keys.token"], {"keys": {}}, {"keys": {}}, {}),
        # Keys with dots and backslashes.
        ([r"acme\.io.key"], {"acme.io": {"key": "s"}}, {"acme.io": {}}, {"acme.io": {"key": "s"}}),
        (["acme.io"], {"acme.io": "s"}, {"acme.io": "s"}, {}),
        ([r"a\\.b"], {"a\\": {"b": "s"}}, {"a\\": {}}, {"a\\": {"b": "s"}}),
        ([], {"api_key": "s"}, {"api_key": "s"}, {}),
    ],
)
def test_a_path_takes_out_what_stands_under_it(
    paths: list[str], metadata: dict[str, Any], clear: dict[str, Any], secret: dict[str, Any]
) -> None:
    """secrets at rest: what a path names is taken out with all below it, and nothing else is."""
    chosen, given_ = SecretPaths(paths), struct(metadata)
    found = chosen.found(given_)
    taken = chosen.take(given_)
    assert (MessageToDict(given_), MessageToDict(taken)) == (clear, secret)
    assert bool(found) == bool(secret)
    assert chosen.found(given_) == []
    put_back(given_, taken)
    assert given_ == struct(metadata)


def test_what_is_found_is_named_as_it_is_written() -> None:
    """secrets at rest: whoever is refused is told which path it was."""
    paths = SecretPaths(["api_key", r"acme\.io.key", "keys.token"])
    metadata = struct({"api_key": 1, "acme.io": {"key": 2, "else": 3}, "keys": [1]})
    assert sorted(paths.found(metadata)) == [r"acme\.io.key", "api_key", "keys"]


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a\\", r"a\b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    """secrets at rest: a path that can mean nothing would leave something in the clear."""
    with pytest.raises(ValueError, match="paths such as"):
        SecretPaths([path])


_keys = st.sampled_from(["a", "b", "c.d", "\\"])
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)
_paths = st.lists(
    st.lists(_keys, min_size=1, max_size=3).map(
        lambda keys: ".".join(key.replace("\\", "\\\\").replace(".", "\\.") for key in keys)
    ),
    max_size=3,
)


@given(_paths, st.dictionaries(_keys, _values, max_size=4))
def test_whatever_is_taken_out_can_be_put_back(paths: list[str], metadata: dict[str, Any]) -> None:
    """secrets at rest: taken out and put back, metadata is what it was; taken out, it has nothing secret."""
    chosen, value = SecretPaths(paths), struct(metadata)
    taken = chosen.take(value)
    assert chosen.found(value) == []
    assert chosen.take(value) == Struct()
    put_back(value, taken)
    assert value == struct(metadata)
