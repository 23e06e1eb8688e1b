"""Consumers in other languages: which there are, whether this machine can run them, and what came of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PROPERTY = "consumer"  # marks the reports of a language's tests
_PATIENCE = 600  # seconds for one command: on a fresh machine it downloads what it needs


@dataclass(frozen=True)
class Consumer:
    """The consumer in one language, with its own tests."""

    language: str
    commands: tuple[tuple[str, ...], ...]

    def missing(self) -> str:
        """What to install before its tests can run; empty where all is there."""
        asked = [str(ROOT / "scripts" / "tools" / "missing.sh"), self.language]
        return subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False).stdout.strip()

    def run(self, settings: Mapping[str, str]) -> str:
        """Run its tests, with these variables; what they printed. Fails with that where they fail."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MODELDEX_")}
        return "".join(self._run(command, inherited | dict(settings)) for command in self.commands)

    def _run(self, command: tuple[str, ...], environment: dict[str, str]) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT / "clients" / self.language,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)} in clients/{self.language} says:\n{done.stdout}", pytrace=False)
        return done.stdout


CONSUMERS = (
    Consumer("typescript", (("npm", "ci"), ("npm", "test"))),
    Consumer("go", (("go", "test", "-count=1", "./..."),)),
    Consumer("java", (("mvn", "--batch-mode", "--no-transfer-progress", "test"),)),
)


def mark(request: pytest.FixtureRequest, consumer: Consumer) -> None:
    """Have the end of the run name what came of a consumer's tests."""
    request.node.user_properties.append((_PROPERTY, consumer.language))


def outcomes(reporter: pytest.TerminalReporter) -> Iterator[str]:
    """A line for each language of which this run was to run the tests."""
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reporter.stats.get(outcome, ()):
            for name, language in getattr(report, "user_properties", ()):
                if name == _PROPERTY:
                    yield f"{language:12}{_reason(report) if outcome == 'skipped' else outcome}"


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "skipped"
