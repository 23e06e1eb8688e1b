"""How a copy lies in Redis: what is not exactly what was put under its name is no copy."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modeldex.v1 import cache_pb2, model_pb2
from modeldex_server.cache.envelope import MOST_BYTES, SCHEMA, UnreadableCopy, name_of, seal, unseal

RELEASED = Path(__file__).with_name("released")
NAME = b"modeldex:c:1:epoch:catalogue:openai/gpt-4o:3"
HEAD = struct.Struct(">4sBBQ")


EPOCHS = st.uuids().map(str)
NAMESPACES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,4}", fullmatch=True)
KEYS = st.text(st.sampled_from("a/:1é "), min_size=1, max_size=6)
PARTS = st.tuples(EPOCHS, NAMESPACES, KEYS, st.integers(0, 100))


def sealed_as(head: bytes, data: bytes = b"data", name: bytes = NAME) -> bytes:
    """An envelope with another head and the checksum that belongs to it."""
    return head + struct.pack(">I", crc32(name + head + data)) + data


def refusal(name: bytes, envelope: bytes) -> str:
    """Why it cannot be read."""
    with pytest.raises(UnreadableCopy) as unreadable:
        unseal(name, envelope)
    return str(unreadable.value)


@given(one=PARTS, others=PARTS, same=st.sets(st.integers(0, 3)))
@example(one=("e", "a", "b:1", 2), others=("e", "a", "b", 12), same=set())
@example(one=("e", "a", "1", 2), others=("e", "a", "1:1", 2), same=set())
def test_no_two_copies_have_one_name(
    one: tuple[str, str, str, int], others: tuple[str, str, str, int], same: set[int]
) -> None:
    """Colons in keys, and histories of the catalogue: what differs in any part has another name."""
    other = tuple(mine if at in same else its for at, (mine, its) in enumerate(zip(one, others, strict=True)))
    assert (name_of("p:", *one) == name_of("p:", *other)) == (one == other)  # type: ignore[arg-type]


@given(name=st.binary(min_size=1), mark=st.integers(0, 2**64 - 1), data=st.binary())
@example(name=NAME, mark=0, data=b"")
@example(name=NAME, mark=2**64 - 1, data=b"x" * MOST_BYTES)
def test_what_was_put_is_what_is_read(name: bytes, mark: int, data: bytes) -> None:
    assert unseal(name, seal(name, mark, data)) == (mark, data)


@given(data=st.data(), mark=st.integers(0, 2**64 - 1), body=st.binary(max_size=200))
def test_one_flipped_bit_anywhere_makes_it_unreadable(data: st.DataObject, mark: int, body: bytes) -> None:
    """A mark that flipped would make a copy look newer than an invalidation."""
    envelope = bytearray(seal(NAME, mark, body))
    at = data.draw(st.integers(0, len(envelope) * 8 - 1))
    envelope[at // 8] ^= 1 << at % 8
    refusal(NAME, bytes(envelope))


def test_every_bit_counts() -> None:
    whole = seal(NAME, 5, b"a model")
    for at in range(len(whole) * 8):
        envelope = bytearray(whole)
        envelope[at // 8] ^= 1 << at % 8
        refusal(NAME, bytes(envelope))


@pytest.mark.parametrize("length", range(len(seal(NAME, 5, b"a model"))))
def test_what_is_cut_off_is_unreadable(length: int) -> None:
    refusal(NAME, seal(NAME, 5, b"a model")[:length])


def test_what_is_longer_is_unreadable() -> None:
    assert refusal(NAME, seal(NAME, 5, b"a model") + b"\x00") == "checksum"


@pytest.mark.parametrize(
    "other",
    [
        NAME[:-1] + b"4",  # another version
        NAME.replace(b"gpt-4o", b"gpt-4"),
        NAME.replace(b"catalogue", b"mine"),
        NAME.replace(b"epoch", b"before"),
        b"",
    ],
)
def test_a_copy_under_another_name_is_unreadable(other: bytes) -> None:
    """An answer that belongs to another question is seen to."""
    assert refusal(other, seal(NAME, 5, b"a model")) == "checksum"


@pytest.mark.parametrize(
    ("envelope", "why"),
    [
        (b"", "size"),
        (b"0", "size"),
        (seal(NAME, 5, b"x" * (MOST_BYTES + 1)), "size"),
        (b"\x00" * 10_000_000, "size"),
        (b"{'id': 'openai/gpt-4o'}", "magic"),
        (b"\xff" * 100, "magic"),
        (sealed_as(HEAD.pack(b"MDXC", SCHEMA, 0, 5)), "magic"),
        (sealed_as(HEAD.pack(b"mdxc", SCHEMA + 1, 0, 5)), "schema"),
        (sealed_as(HEAD.pack(b"mdxc", 0, 0, 5)), "schema"),
        (sealed_as(HEAD.pack(b"mdxc", SCHEMA, 1, 5)), "schema"),
    ],
)
def test_what_is_not_ours_is_unreadable(envelope: bytes, why: str) -> None:
    assert refusal(NAME, envelope) == why


@given(st.binary(max_size=300))
def test_garbage_is_unreadable(garbage: bytes) -> None:
    refusal(NAME, garbage)


def test_what_this_release_writes_is_what_is_documented() -> None:
    """Other releases read it: where something here must change, `SCHEMA` must, and its file below stays."""
    assert seal(NAME, 5, b"data") == sealed_as(HEAD.pack(b"mdxc", 1, 0, 5))


@pytest.mark.parametrize("file", sorted(RELEASED.glob("*.json")), ids=lambda file: file.stem)
def test_copies_of_released_versions_are_read_or_left_alone(file: Path) -> None:
    """readable copies: files that were written once and are never written again: those of this schema are read, with
    their values; those of others are misses."""
    kept = json.loads(file.read_text())
    for copy in kept["copies"]:
        name, envelope = copy["name"].encode(), base64.b64decode(copy["envelope"])
        if kept["schema"] != SCHEMA:
            assert refusal(name, envelope) == "schema"
            continue
        mark, data = unseal(name, envelope)
        assert mark == copy["mark"]
        if copy["kind"] == "model":
            model = model_pb2.Model.FromString(data)
            assert (model.id, model.version, model.display_name) == (copy["id"], copy["version"], copy["says"])
        else:
            entry = cache_pb2.CacheEntry.FromString(data)
            assert (entry.key, entry.entry_version, entry.value.display_name) == (
                copy["id"],
                copy["version"],
                copy["says"],
            )


def test_there_is_a_file_of_each_schema() -> None:
    """A new schema comes with a file of its own, so that later releases are held to it."""
    assert sorted(file.stem for file in RELEASED.glob("*.json")) == [f"schema-{one}" for one in range(1, SCHEMA + 1)]
