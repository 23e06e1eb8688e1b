"""Who calls is known by token or certificate, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeldex_server.errors import StartError, Unauthenticated
from modeldex_server.security import tokens
from modeldex_server.security.identity import Identity, refuse_open_address
from modeldex_server.security.principals import LOCAL
from modeldex_server.security.quotas import Quota
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import Scope

READER = frozenset({Role.READER})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where tokens are kept; nothing is there yet."""
    return tmp_path / "tokens.toml"


def test_without_tokens_everybody_is_local_with_all_roles_but_those_of_a_second_person(file: Path) -> None:
    identity = Identity(file)
    assert not identity.required
    assert identity.local == LOCAL
    assert set(Role) - LOCAL.permissions == {Role.APPROVER, Role.BREAK_GLASS}


def test_a_token_names_its_principal_whatever_the_case_of_the_scheme(file: Path) -> None:
    token = tokens.add(file, "ci", READER)
    identity = Identity(file)
    assert identity.required
    assert identity.principal(f"Bearer {token}").name == "ci"
    assert identity.principal(f"bearer  {token} ").name == "ci"


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer ", "Bearer mdx_wrong", "Basic {token}", "{token}"])
def test_anything_but_a_token_that_is_known_is_refused(file: Path, sent: str | None) -> None:
    token = tokens.add(file, "ci", READER)
    with pytest.raises(Unauthenticated):
        Identity(file).principal(sent and sent.format(token=token))


def test_a_certificate_names_its_principal_by_its_name_in_the_file(file: Path) -> None:
    tokens.add(file, "ci", READER, certificate="spiffe://example.org/ci")
    identity = Identity(file, certificates=True)
    assert identity.principal(None, ["other", "spiffe://example.org/ci"]).name == "ci"
    with pytest.raises(Unauthenticated):
        identity.principal(None, ["spiffe://example.org/other"])


def test_a_wrong_token_is_not_saved_by_a_good_certificate(file: Path) -> None:
    tokens.add(file, "ci", READER, certificate="ci")
    with pytest.raises(Unauthenticated):
        Identity(file).principal("Bearer wrong", ["ci"])


def test_required_certificates_switch_identity_on_without_any_token(file: Path) -> None:
    assert Identity(file, certificates=True).required


def test_tokens_come_and_go_while_the_server_runs_and_the_last_one_opens_nothing(file: Path) -> None:
    identity = Identity(file)
    token = tokens.add(file, "ci", READER)
    identity.reload()
    assert identity.required
    assert identity.principal(f"Bearer {token}").name == "ci"
    tokens.remove(file, "ci")
    identity.reload()
    assert identity.required
    with pytest.raises(Unauthenticated):
        identity.principal(f"Bearer {token}")


def test_a_file_broken_while_the_server_runs_changes_nothing(file: Path) -> None:
    token = tokens.add(file, "ci", READER)
    identity = Identity(file)
    file.write_text("broken [")
    identity.reload()
    assert identity.principal(f"Bearer {token}").name == "ci"


def test_what_the_file_says_of_a_principal_wins_over_the_settings(file: Path) -> None:
    """quotas: limit by limit; 0 is no limit, also where everybody else has one."""
    own = tokens.add(file, "own", READER, calls_per_second=0, max_streams=9)
    plain = tokens.add(file, "plain", READER)
    identity = Identity(file, quota=Quota(calls_per_second=5, max_streams=2))
    assert identity.principal(f"Bearer {own}").quota == Quota(0, 9)
    assert identity.principal(f"Bearer {plain}").quota == identity.local.quota == Quota(5, 2)


def test_a_principal_comes_with_its_providers_by_token_and_by_certificate(file: Path) -> None:
    """provider rights: whichever way it says who it is."""
    token = tokens.add(file, "ci", READER, certificate="ci.example.org", providers=frozenset({"acme"}))
    identity = Identity(file, certificates=True)
    for principal in (identity.principal(f"Bearer {token}"), identity.principal(None, ["ci.example.org"])):
        assert principal.scope == Scope(frozenset({"acme"}))


def test_a_reload_says_whether_anything_was_read(file: Path) -> None:
    """provider rights: streams are looked at again only then; a file that cannot be read changes nothing."""
    identity = Identity(file)
    assert not identity.reload()
    tokens.add(file, "ci", READER)
    assert identity.reload()
    assert not identity.reload()
    file.write_text("broken [")
    assert not identity.reload()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.org", "", "127.0.0.1.example.org"])
def test_an_open_address_is_refused_unless_callers_are_known_or_it_is_asked_for(host: str) -> None:
    with pytest.raises(StartError, match="--insecure"):
        refuse_open_address(host, identity=False, insecure=False)
    refuse_open_address(host, identity=True, insecure=False)
    refuse_open_address(host, identity=False, insecure=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_a_loopback_address_is_open_to_this_machine(host: str) -> None:
    refuse_open_address(host, identity=False, insecure=False)
