"""Consumers in other languages: which there are, whether this machine can run them, and what came of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PROPERTY = "consumer"  # marks the reports of a language's tests
_PATIENCE = 600  # seconds for one command: on a fresh machine it downloads what it needs


Command = tuple[str, ...]
Place = tuple[int, int]  # of an update: its revision and its ordinal


@dataclass(frozen=True)
class Consumer:
    """The consumer in one language: how to build it, its own tests, and its program that prints a line an update."""

    language: str
    build: tuple[Command, ...]
    tests: Command
    follow: Command

    def missing(self) -> str:
        """What to install before its tests can run; empty where all is there."""
        asked = [str(ROOT / "scripts" / "tools" / "missing.sh"), self.language]
        return subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False).stdout.strip()

    def run(self, settings: Mapping[str, str]) -> str:
        """Run its tests, with these variables; what they printed. Fails with that where they fail."""
        _build(self)
        return _run(self, self.tests, settings)

    @contextmanager
    def following(self, target: str, output: Path) -> Iterator[Follower]:
        """Its program that follows the log from the beginning, until the end of the block."""
        _build(self)
        with output.open("wb") as written:
            process = subprocess.Popen(
                [*self.follow, "0"],
                cwd=_folder(self),
                env=_environment({"MODELDEX_TARGET": target}),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # some are started by another program, which does not end them
            )
        try:
            yield Follower(process, output)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Follower:
    """A consumer's program that prints a line an update."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self._process = process
        self._output = output

    @property
    def places(self) -> list[Place]:
        """Where the updates were that it told of. Fails with what it said where it has ended."""
        said = self._output.read_text()
        assert self._process.poll() is None, f"it ended with {self._process.returncode}: {said[-3000:]}"
        lines = said[: said.rfind("\n") + 1].splitlines()
        return [(int(revision), int(ordinal)) for revision, ordinal, *_ in map(str.split, lines)]


CONSUMERS = (
    Consumer(
        "typescript",
        (("npm", "ci"), ("npm", "run", "build")),
        ("npm", "test"),
        ("node", "dist/src/follow.js"),
    ),
    Consumer(
        "go",
        (("go", "build", "./..."),),
        ("go", "test", "-count=1", "./..."),
        ("go", "run", "./cmd/follow"),
    ),
    Consumer(
        "java",
        (("mvn", "--batch-mode", "--no-transfer-progress", "-DskipTests", "package"),),
        ("mvn", "--batch-mode", "--no-transfer-progress", "test"),
        ("java", "-cp", "client/target/modeldex-client.jar", "dev.modeldex.tour.Follow"),
    ),
)


@cache
def _build(consumer: Consumer) -> None:
    for command in consumer.build:
        _run(consumer, command, {})


def _run(consumer: Consumer, command: Command, settings: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=_folder(consumer),
        env=_environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)} in clients/{consumer.language} says:\n{done.stdout}", pytrace=False)
    return done.stdout


def _folder(consumer: Consumer) -> Path:
    return ROOT / "clients" / consumer.language


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MODELDEX_")}
    return inherited | dict(settings)


def mark(request: pytest.FixtureRequest, consumer: Consumer) -> None:
    """Have the end of the run name what came of a consumer's tests."""
    request.node.user_properties.append((_PROPERTY, consumer.language))


def outcomes(reporter: pytest.TerminalReporter) -> Iterator[str]:
    """A line for each language of which this run was to run the tests."""
    came = {}
    for outcome in ("skipped", "passed", "failed", "error"):  # the worst one counts
        for report in reporter.stats.get(outcome, ()):
            for name, language in getattr(report, "user_properties", ()):
                if name == _PROPERTY:
                    came[language] = _reason(report) if outcome == "skipped" else outcome
    return (f"{language:12}{outcome}" for language, outcome in came.items())


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "skipped"
