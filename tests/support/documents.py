"""What a document asks its reader to type, and what it shows of the output.

A line of a ```console block that begins with `$ ` is a command; it goes on until the shell has all of it. The lines
after it are what it shows: compared as they stand, with `...` for any text within a line, or for any lines where it
stands alone. Blocks of Python are programs; a ```text block right behind one is its output.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

# What a test of the documents does not do again, by its first words: what it is part of, and what needs the network.
EXEMPT = ("make test", "git clone")
_SERVERS = ("make serve", "modeldex serve")
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)[^\n]*\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_ASSIGNMENTS = re.compile(r"^(?:[A-Z_]+=(?:'[^']*'|\"[^\"]*\"|\S*)\s+)+")


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Step:
    """A command and what the document shows of its output."""

    command: str
    shown: str
    line: int

    @property
    def bare(self) -> str:
        """The command without the variables set before it."""
        return _ASSIGNMENTS.sub("", self.command).removeprefix(".venv/bin/")

    @property
    def is_exempt(self) -> bool:
        return self.bare.startswith(EXEMPT)

    @property
    def is_server(self) -> bool:
        return self.bare.startswith(_SERVERS)


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document."""
    for found in _FENCE.finditer(text):
        indent = found["indent"]
        body = "\n".join(line.removeprefix(indent) for line in found["body"].splitlines())
        yield Block(found["language"], body, text.count("\n", 0, found.start()) + 1)


def steps(document: str) -> list[Step]:
    """What a document asks its reader to do, in order."""
    done: list[Step] = []
    after_program = False
    for block in blocks(document):
        if block.language == "console":
            done += _commands(block)
        elif block.language == "python":
            done.append(Step(f"python - <<'PROGRAM'\n{block.text}\nPROGRAM", "", block.line))
        elif block.language == "text" and after_program:
            done[-1] = Step(done[-1].command, block.text, done[-1].line)
        after_program = block.language == "python"
    return done


def _commands(block: Block) -> Iterator[Step]:
    lines = block.text.splitlines()
    number = 0
    while number < len(lines):
        start = number
        assert lines[number].startswith("$ "), f"line {block.line + number + 1} shows output before any command"
        command = lines[number][2:]
        number += 1
        while _is_unfinished(command) and number < len(lines):
            command += "\n" + lines[number]
            number += 1
        shown: list[str] = []
        while number < len(lines) and not lines[number].startswith("$ "):
            shown.append(lines[number])
            number += 1
        yield Step(command, "\n".join(shown).strip(), block.line + start + 1)


def _is_unfinished(command: str) -> bool:
    """Whether a shell would wait for more."""
    if command.endswith("\\"):
        return True
    checked = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True, check=False)
    return (
        "unexpected EOF" in checked.stderr or "unexpected end of file" in checked.stderr or "here-doc" in checked.stderr
    )


def matches(shown: str, output: str) -> bool:
    """Whether an output is what a document shows of it."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else _line_pattern(line) + r"\n" for line in shown.splitlines()
    )
    said = "".join(line.rstrip() + "\n" for line in output.strip("\n").splitlines())
    return re.fullmatch(pattern, said) is not None


def _line_pattern(line: str) -> str:
    return ".*?".join(re.escape(part) for part in re.sub(r"(?<!^)\s+$", "", line).split("..."))
