"""The command `modeldex`.

`serve` and `tokens` use the server's own code. Every other command is a caller like any other: it knows the client and
the contract, and nothing of the server. A command imports what it needs when it runs, so that an answer comes fast.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command and end the process with its exit code."""
    # What a short command makes goes with it; to look for cycles meanwhile costs a twentieth of its time. `serve` does.
    gc.disable()
    sys.exit(_run())


def _run() -> int:
    from modeldex_server.cli import problems  # noqa: PLC0415

    with problems.told() as outcome:
        from modeldex_server.cli import program  # noqa: PLC0415

        code = program.run()
        outcome.exit_code = code if isinstance(code, int) else problems.ExitCode.OK
        sys.stdout.flush()
    return outcome.exit_code
