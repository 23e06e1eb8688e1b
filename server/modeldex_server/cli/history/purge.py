"""`modeldex purge`: let go of old versions' documents now."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli.completion import complete_model
from modeldex_server.cli.history.options import Yes
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.history_service_pb2 import CleanupHistoryResponse

app = typer.Typer(add_completion=False)

_SECONDS = 600.0


@app.command()
@asks
def purge(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="MODEL", help="Only of this model.", autocompletion=complete_model)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and do nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Purge the documents of old versions now, as the server does every hour. For admins.

    Number, hash, principal and time of a version stay. What is kept: settings history.keep_versions and keep_days.
    """
    if not dry_run and not yes and sys.stdin.isatty():
        typer.confirm("Purge what is older than the settings keep?", abort=True, err=True)
    with session.client(timeout=_SECONDS) as client:
        answer = client.history.cleanup(id, dry_run=dry_run)
    session.output.answer(answer, lambda: lines(answer))


def lines(answer: "CleanupHistoryResponse") -> Iterator[str]:
    """What went, or would."""
    for one in answer.examples:
        yield f"{texts.safe(one.model_id)}  version {one.version}"
    if answer.purged_versions > len(answer.examples):
        yield f"and {answer.purged_versions - len(answer.examples):,} more"
    yield _summary(answer)


def _summary(answer: "CleanupHistoryResponse") -> str:
    parts = []
    if answer.purged_versions:
        models = texts.plural(answer.affected_models, "model")
        size = texts.size(answer.freed_bytes)
        parts.append(f"the documents of {texts.plural(answer.purged_versions, 'version')} of {models}, {size}")
    if answer.forgotten_rollbacks:
        parts.append(texts.plural(answer.forgotten_rollbacks, "old rollback"))
    would = "There would go" if answer.dry_run else "Purged"
    return f"{would}: {'; '.join(parts)}." if parts else "There is nothing to purge."
