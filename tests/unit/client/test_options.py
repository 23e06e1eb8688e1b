"""Options of a client: arguments before environment before defaults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trustme

from modeldex_client import Client, InvalidOption
from modeldex_client._options import Options, channel_options, read

SECRET = "mdx_abcdefghijkl"
DESCRIPTION = Path(__file__).parents[3] / "generated/service_config.json"


def options(environment: dict[str, str] | None = None, **arguments: object) -> Options:
    told: dict[str, object] = dict.fromkeys(("target", "token", "tls", "ca", "certificate", "key"))
    told |= {"timeout": 10.0} | arguments
    return read(**told, environment=environment or {})  # type: ignore[arg-type]


def test_the_defaults_are_a_server_on_this_machine_without_token_and_tls() -> None:
    found = options()
    assert (found.target, found.metadata, found.tls) == ("localhost:50051", None, False)


def test_arguments_count_before_the_environment() -> None:
    environment = {"MODELDEX_TARGET": "there:1", "MODELDEX_TOKEN": SECRET, "MODELDEX_TLS": "1"}
    found = options(environment)
    assert (found.target, found.tls) == ("there:1", True)
    assert found.metadata == (("authorization", f"Bearer {SECRET}"),)
    found = options(environment, target="here:2", token="", tls=False)
    assert (found.target, found.metadata, found.tls) == ("here:2", None, False)


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ("there", "there:50051"),
        ("there:1", "there:1"),
        ("127.0.0.1:1", "127.0.0.1:1"),
        ("[::1]:1", "[::1]:1"),
        ("[::1]", "[::1]:50051"),
        ("dns:///there:1", "dns:///there:1"),
        ("unix:/run/modeldex.sock", "unix:/run/modeldex.sock"),
        ("ipv4:10.0.0.1:1,10.0.0.2:1", "ipv4:10.0.0.1:1,10.0.0.2:1"),
    ],
)
def test_targets(told: str, target: str) -> None:
    assert options(target=told).target == target


@pytest.mark.parametrize(
    ("text", "tls"), [("1", True), ("true", True), (" Yes ", True), ("0", False), ("off", False), ("", False)]
)
def test_the_environment_switches_tls(text: str, tls: bool) -> None:
    assert options({"MODELDEX_TLS": text}).tls is tls


def test_a_file_for_tls_switches_it_on(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert options(ca=tmp_path / "ca.pem").tls
    assert options({"MODELDEX_CA": str(tmp_path / "ca.pem")}).tls
    assert not options({"MODELDEX_CA": str(tmp_path / "ca.pem")}, tls=False).tls


def test_what_cannot_be_used_is_told_in_one_line_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "not.pem").write_text("x")
    for words, environment in {
        "MODELDEX_TLS is 'perhaps'; it must be 1 or 0.": {"MODELDEX_TLS": "perhaps"},
        "/none.pem cannot be read: No such file or directory; see ca and MODELDEX_CA.": {"MODELDEX_CA": "/none.pem"},
        "not.pem is not PEM; see ca and MODELDEX_CA.": {"MODELDEX_CA": str(tmp_path / "not.pem")},
        "needs its key": {"MODELDEX_CERTIFICATE": str(tmp_path / "not.pem")},
        "the other way round": {"MODELDEX_KEY": str(tmp_path / "not.pem")},
        "no token has; see token and MODELDEX_TOKEN.": {"MODELDEX_TOKEN": "secret\nvalue"},
        "HOST:PORT; see target and MODELDEX_TARGET.": {"MODELDEX_TARGET": "https://there:1"},
    }.items():
        with pytest.raises(InvalidOption) as caught:
            options(environment)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_must_be_one(timeout: float) -> None:
    with pytest.raises(InvalidOption, match="timeout"):
        options(timeout=timeout)


@pytest.mark.parametrize("target", ["there:1", "10.0.0.7", "dns:there:1", "[2001:db8::1]:1"])
def test_a_token_leaves_this_machine_in_the_clear_only_where_somebody_says_so(target: str) -> None:
    """Told not to use TLS, by argument or environment, it is sent; told nothing it is not."""
    with pytest.raises(InvalidOption, match="in the clear: set tls or MODELDEX_TLS"):
        options(target=target, token=SECRET)
    assert options(target=target, token=SECRET, tls=False).metadata
    assert options({"MODELDEX_TLS": "0"}, target=target, token=SECRET).metadata
    assert options(target=target, token=SECRET, tls=True).metadata


@pytest.mark.parametrize("target", ["localhost:1", "127.0.0.9", "[::1]:1", "dns:localhost:1", "unix:/run/modeldex"])
def test_a_token_needs_no_tls_on_this_machine(target: str) -> None:
    assert options(target=target, token=SECRET).metadata


def test_a_token_is_shown_nowhere() -> None:
    with Client("there:1", token=SECRET, tls=True) as client:
        assert SECRET not in repr(client)
    assert SECRET not in repr(options(token=SECRET))


def test_retries_are_those_of_the_published_service_config() -> None:
    """What may be repeated follows from the contract alone, for every language the same. The watches begin again by
    themselves, and tell of it; that gRPC tried again, too, would hide it."""
    own = json.loads(str(dict(channel_options())["grpc.service_config"]))
    published = json.loads(DESCRIPTION.read_text())
    names = published["methodConfig"][0]["name"]
    published["methodConfig"][0]["name"] = [one for one in names if not one["method"].startswith("Watch")]
    assert own == published
    assert "PublishUpdates" in {one["method"] for one in own["methodConfig"][0]["name"]}
