"""The settings of history: what they are unless they are set, and which are refused at the start."""

from __future__ import annotations

import pytest

from modeldex_server.errors import StartError
from modeldex_server.settings import load


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("KEEP_VERSIONS", "0", "history.keep_versions (MODELDEX_HISTORY__KEEP_VERSIONS): must be at least 1."),
        ("KEEP_VERSIONS", "-1", "history.keep_versions (MODELDEX_HISTORY__KEEP_VERSIONS): must be at least 1."),
        ("KEEP_DAYS", "0", "history.keep_days (MODELDEX_HISTORY__KEEP_DAYS): must be at least 1."),
        ("KEEP_DAYS", "36501", "history.keep_days (MODELDEX_HISTORY__KEEP_DAYS): must be at most 36500."),
    ],
)
def test_a_retention_that_would_delete_the_current_version_does_not_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """protected versions: a server that was told to keep nothing says which setting is wrong, and does not start."""
    monkeypatch.setenv(f"MODELDEX_HISTORY__{name}", value)
    with pytest.raises(StartError) as raised:
        load()
    assert told in str(raised.value)


def test_fifty_versions_and_ninety_days_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """protected versions: the newest fifty of a model and what was current within ninety days, unless it is set."""
    history = load().history
    assert (history.keep_versions, history.keep_days, history.cleanup) == (50, 90, True)
    monkeypatch.setenv("MODELDEX_HISTORY__KEEP_VERSIONS", "10")
    assert load().history.keep_versions == 10
