"""Results may be shown to anyone: they name no machine, no user, no path."""

import pytest
from benchmarks.scrub import scrub

NAMES = ["build-box-7", "dana"]


@pytest.mark.parametrize(
    "text",
    [
        "No such file: '/home/dana/modeldex/data'",
        "cannot read /tmp/modeldex-bench-x1/data/postgres/postmaster.pid today",
        "~/modeldex is not there",
        "~dana/models/data is not there",
        r"C:\Users\dana\data is not there",
        "build-box-7: connection refused",
        "role dana does not exist",
    ],
)
def test_paths_and_names_are_taken_out(text: str) -> None:
    """Whatever an error says, no part of a path, of the host's or of the user's name is left."""
    scrubbed = scrub(text, NAMES)
    assert not {"dana", "build-box-7", "home", "tmp", "postmaster.pid", "~", "Users"} & set(
        scrubbed.replace("/", " ").replace("\\", " ").replace(":", " ").replace("'", " ").split()
    )


@pytest.mark.parametrize(
    "text",
    [
        "server CPU us/call 144, 8,814 calls/s",
        "1.0 / 2.0 / 3.0",
        "openai/gpt-4o and openrouter/openai/gpt-4o",
        "/modeldex.v1.DiscoveryService is no path of two parts",
        "danalytics stays, though it begins like a name",
    ],
)
def test_units_ids_and_words_stay(text: str) -> None:
    """What is no path and no name is shown as it is."""
    assert scrub(text, NAMES) == text


def test_own_names_are_used_by_default() -> None:
    """Without names given, those of this machine count."""
    import socket

    host = socket.gethostname()
    if host not in {"", "localhost"}:
        assert host not in scrub(f"cannot reach {host} now").split()
