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


def test_rights_and_limits_are_kept_as_they_were_given(file: Path) -> None:
    """provider rights, quotas: what is written is what is read, and what is left out stays absent."""
    limited = {"providers": frozenset({"openai", "a.b-c_d:é"}), "calls_per_second": 0.5, "max_streams": 0}
    tokens.add(file, "limited", READER, **limited)  # type: ignore[arg-type] # one dictionary of several types
    tokens.add(file, "plain", READER)
    first, second = tokens.read(file)
    assert (first.providers, first.calls_per_second, first.max_streams) == tuple(limited.values())
    assert (second.providers, second.calls_per_second, second.max_streams) == (None, None, None)


def test_an_empty_list_of_providers_is_told_what_to_write_instead(file: Path) -> None:
    """provider rights: it could be meant as all of them, or as none."""
    with pytest.raises(StartError, match="empty list: name those it may see, or leave them out for all"):
        tokens.add(file, "ci", READER, providers=frozenset())


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


@pytest.mark.parametrize("name", ["", "local", "discovery", "feed", 'a"b', "a\nb", "x" * 129])
def test_a_name_that_could_be_mistaken_is_refused(file: Path, name: str) -> None:
    with pytest.raises(StartError):
        tokens.add(file, name, READER)
    assert tokens.read(file) == []


@pytest.mark.parametrize(
    "text",
    ["not toml", "principal = 3", "[[principal]]\nname = 'a'", "[[principal]]\nname = 'a'\nroles = ['king']",
     "[[principal]]\nname = 'a'\nroles = ['reader']\nsha256 = 'short'",
     *("[[principal]]\nname = 'a'\nroles = ['reader']\n" + more for more in (
         "providers = []", "providers = 'acme'", "providers = [1]", "providers = [['acme']]", "providers = ['a/b']",
         "providers = ['a b']", "providers = ['']", "providers = {acme = true}", f"providers = ['{'x' * 129}']",
         "provider = ['acme']", "calls_per_second = '5'", "calls_per_second = true", "calls_per_second = nan",
         "calls_per_second = -1", "calls_per_second = 1e-9", "calls_per_second = 1e9", "max_streams = 1.5",
         "max_streams = -1", "max_streams = true", "max_streams = []"))],
)  # fmt: skip
def test_a_file_written_by_hand_wrongly_is_told_in_one_line(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(StartError) as raised:
        tokens.read(file)
    assert "\n" not in str(raised.value)
