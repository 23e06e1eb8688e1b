"""The file of tokens holds no token, and nobody else can read it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modeldex_server.errors import StartError
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role

READER = frozenset({Role.READER})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where tokens are kept; nothing is there yet."""
    return tmp_path / "tokens.toml"


def test_a_token_is_recognisable_and_its_file_holds_only_a_hash(file: Path) -> None:
    token = tokens.add(file, "ci", frozenset({Role.WRITER, Role.APPROVER}), certificate="ci.example.org")
    assert token.startswith("mdx_")
    assert len(token) == 47
    assert token[4:] not in file.read_text()
    (entry,) = tokens.read(file)
    assert entry == tokens.Entry("ci", frozenset({Role.WRITER, Role.APPROVER}), tokens.digest(token), "ci.example.org")


def test_nobody_but_the_owner_can_read_the_file(file: Path) -> None:
    tokens.add(file, "ci", READER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_commands_at_once_lose_no_token(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: tokens.add(file, f"p{number}", READER), range(16)))
    assert len(tokens.read(file)) == 16


def test_a_name_is_given_once_and_can_be_taken_away(file: Path) -> None:
    tokens.add(file, "ci", READER)
    with pytest.raises(StartError, match="'ci' would stand twice"):
        tokens.add(file, "ci", READER)
    tokens.remove(file, "ci")
    assert tokens.read(file) == []
    with pytest.raises(StartError, match="no principal 'ci'"):
        tokens.remove(file, "ci")


@pytest.mark.parametrize("name", ["", "local", 'a"b', "a\nb", "x" * 129])
def test_a_name_that_could_be_mistaken_is_refused(file: Path, name: str) -> None:
    with pytest.raises(StartError):
        tokens.add(file, name, READER)
    assert tokens.read(file) == []


@pytest.mark.parametrize(
    "text",
    ["not toml", "principal = 3", "[[principal]]\nname = 'a'", "[[principal]]\nname = 'a'\nroles = ['king']",
     "[[principal]]\nname = 'a'\nroles = ['reader']\nsha256 = 'short'"],
)  # fmt: skip
def test_a_file_written_by_hand_wrongly_is_told_in_one_line(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(StartError) as raised:
        tokens.read(file)
    assert "\n" not in str(raised.value)
