"""Encryption: what the ring seals only the ring opens, for what it was sealed for."""

from __future__ import annotations

import base64

import pytest

from modeldex_server.security.encryption import KeyMissing, KeyRing, SealBroken, Sealed

OLD, NEW = ("old:" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    """secrets at rest: it opens to what it was; what is kept holds nothing of it, and never the same twice."""
    ring = KeyRing.parse(NEW)
    first, second = (ring.seal(b"sk-something", b"entry") for _ in range(2))
    assert ring.open(first, b"entry") == ring.open(second, b"entry") == b"sk-something"
    assert first.data != second.data
    assert b"something" not in first.data
    assert ring.open(ring.seal(b"", b""), b"") == b""


def test_no_nonce_comes_twice() -> None:
    """secrets at rest: AES-GCM is broken by a nonce that comes twice under a key."""
    ring = KeyRing.parse(NEW)
    assert len({ring.seal(b"x", b"").data[:12] for _ in range(10_000)}) == 10_000


def test_what_is_sealed_opens_for_nothing_else() -> None:
    """secrets at rest: moved to another entry, or changed by a bit, or cut short, it does not open."""
    ring = KeyRing.parse(NEW)
    sealed = ring.seal(b"sk-something", b"gateway\0acme/one")
    with pytest.raises(SealBroken):
        ring.open(sealed, b"gateway\0acme/two")
    for at in range(len(sealed.data)):
        changed = bytearray(sealed.data)
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            ring.open(Sealed(sealed.key_id, bytes(changed)), b"gateway\0acme/one")
    for length in (0, 5, 12, 20):
        with pytest.raises(SealBroken):
            ring.open(Sealed(sealed.key_id, sealed.data[:length]), b"gateway\0acme/one")


def test_the_first_key_seals_and_all_open() -> None:
    """secrets at rest: after a rotation the old key opens what it sealed; without it nothing does."""
    before = KeyRing.parse(OLD).seal(b"secret", b"")
    ring = KeyRing.parse(f"{NEW.replace('old', 'new')},{OLD}")
    assert ring.ids == ["new", "old"]
    assert ring.seal(b"secret", b"").key_id == ring.newest == "new"
    assert ring.open(before, b"") == b"secret"
    with pytest.raises(KeyMissing, match="old"):
        KeyRing.parse(NEW.replace("old", "new")).open(before, b"")
    with pytest.raises(SealBroken):
        KeyRing.parse(NEW).open(before, b"")


def test_a_ring_may_be_a_line_or_a_file() -> None:
    """secrets at rest: commas or line ends part keys; blanks and comments do not count."""
    new = NEW.replace("old", "2026-11")
    for text in (f"{new},{OLD}", f" {new} , {OLD} ,", f"# the ring\n{new}\n\n{OLD}\n", f"{new}\r\n  # {OLD}\n{OLD}"):
        assert KeyRing.parse(text).ids == ["2026-11", "old"]


SHORT = base64.b64encode(bytes(range(16))).decode()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "at least one key"),
        (" ,\n# nothing\n", "at least one key"),
        (OLD.removeprefix("old:"), "ID:BASE64"),
        (OLD.removeprefix("old"), "ID:BASE64"),
        (OLD.replace("old", "an id"), "ID:BASE64"),
        (OLD.replace("old", "i" * 65), "ID:BASE64"),
        (OLD[:-3] + "!!=", "key 1 is not"),
        (f"{NEW},new:{SHORT}", "32 bytes in each key, not 16 as in key 2"),
        (f"{NEW},{OLD}", "that of key 2 was there before"),
    ],
)
def test_what_is_no_ring_is_told_without_a_key(text: str, problem: str) -> None:
    """secrets at rest: what is wrong is told so that it can be corrected, and shows nothing of a key."""
    with pytest.raises(ValueError, match=problem) as told:
        KeyRing.parse(text)
    for key in (OLD.removeprefix("old:"), NEW.removeprefix("old:"), SHORT):
        assert key[:-3] not in str(told.value)
