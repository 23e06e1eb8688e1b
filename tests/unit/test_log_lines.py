"""The log: what it never shows."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import structlog
from modeldex_server import log

log.configure("debug", {form!r})

def fail(request: dict[str, str]) -> None:
    token = request["token"]
    raise ValueError("it failed")

try:
    fail({{"token": "sk-" + "secret"}})
except ValueError as error:
    structlog.get_logger().error("incident", exc_info=error)
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_variables(form: str) -> None:
    """secrets at rest: an incident is logged with where it happened, and never with what was asked."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(form=form)], capture_output=True, text=True, check=True
    )
    assert "it failed" in done.stderr
    assert "in fail" in done.stderr
    assert "sk-secret" not in done.stderr
