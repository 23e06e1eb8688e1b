"""`modeldex models`: list, search, get, save, delete and bring back."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments, model_card
from modeldex_server.cli.completion import complete_model
from modeldex_server.cli.filters import SORT_FIELDS, FilterOptions, Sort, filter_of
from modeldex_server.cli.groups import Group
from modeldex_server.cli.model_table import sheet
from modeldex_server.cli.problems import ExitCode, Failure, UsageFailure
from modeldex_server.cli.reading import read
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import ModelFilter
    from modeldex.v1.model_pb2 import Model
    from modeldex_client import Client, ModelNotFound

_ON_TERMINAL = 50  # models, unless told otherwise; a pipe gets all

app = typer.Typer(cls=Group, add_completion=False, help="The models: which exist, what they can do, what they cost.")

ModelId = Annotated[str, typer.Argument(metavar="ID", help="For example openai/gpt-4o.", autocompletion=complete_model)]
ExpectedVersion = Annotated[
    int | None, typer.Option(min=0, metavar="VERSION", help="Only if this is the current version.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME|REVISION", help="As it was then: 2026-03-01, 2026-03-01T12:30Z, r1234."),
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, for the history.")]


@dataclass(frozen=True)
class PageOptions:
    """How many, in which order."""

    sort: Annotated[Sort, typer.Option(help="What they are ordered by.", rich_help_panel="Order")] = Sort.ID
    descending: Annotated[
        bool, typer.Option("--descending", "-d", help="The largest first.", rich_help_panel="Order")
    ] = False
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.", rich_help_panel="Order"),
    ] = None
    all: Annotated[
        bool, typer.Option("--all", "-a", help="All; a terminal gets 50 otherwise.", rich_help_panel="Order")
    ] = False


@app.command("list")
@asks
def list_models(session: Session, filter: FilterOptions, page: PageOptions, as_of: AsOf = None) -> None:
    """List models.

    The ten cheapest with vision and tools: modeldex models list --has vision,tools --sort price -n 10
    """
    _list(session, filter_of(filter), page, as_of)


@app.command()
@asks
def search(
    session: Session,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All must occur in the id or a name.")],
    filter: FilterOptions,
    page: PageOptions,
    as_of: AsOf = None,
) -> None:
    """Find models by words of their id, name, family or canonical id."""
    _list(session, filter_of(filter, " ".join(words)), page, as_of)


@app.command()
@asks
def get(
    session: Session,
    id: ModelId,
    as_of: AsOf = None,
    raw: Annotated[bool, typer.Option("--raw", help="What each source says, word for word, as JSON.")] = False,
) -> None:
    """Show one model: limits, prices, capabilities, life cycle, and where the facts come from."""
    if raw and as_of is not None:
        raise UsageFailure("Give --raw or --as-of, not both: what sources said before is not kept.")
    then = None if as_of is None else arguments.instant(as_of, "--as-of")
    with session.client() as client:
        model = _model(client, id, then)
        records = client.models.raw_records(id) if raw else []
    output = session.output
    if raw:
        output.raw(records)
    else:
        now = datetime.now(UTC)
        output.one(sheet(), model, lambda: model_card.lines(model, now, output.width, colour=output.colour))
    if then is not None:
        output.say(f"{_as_of(then)}: version {model.version}, committed at revision {model.revision:,}.")


@app.command()
@asks
def save(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The model as JSON, as `get --json` writes it.")],
    expected_version: ExpectedVersion = None,
    reason: Reason = "",
) -> None:
    """Save a private model: create it, or replace it whole. A field that is absent becomes unknown."""
    from modeldex.v1.model_pb2 import Model  # noqa: PLC0415

    model = read(file, Model(), "model")
    with session.client() as client:
        answer = client.models.save(model, expected_version=expected_version, reason=reason)
    version = f"{texts.quoted(answer.model.id)} is version {answer.model.version}, revision {answer.revision}."
    session.output.say(f"Saved: {version}" if answer.changed else f"Nothing changed: {version}")
    session.output.answer(answer, list)


@app.command()
@asks
def delete(
    session: Session,
    id: ModelId,
    expected_version: ExpectedVersion = None,
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a private model. Its versions stay, and undelete brings it back."""
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Delete {texts.quoted(id)}?", abort=True, err=True)
    with session.client() as client:
        _model(client, id)  # proposes a near id where this one is wrong
        answer = client.models.delete(id, expected_version=expected_version, reason=reason)
    session.output.say(
        f"Deleted: {texts.quoted(id)}, version {answer.version}, revision {answer.revision}. "
        f"To bring it back: modeldex models undelete {texts.quoted(id)}"
    )
    session.output.answer(answer, list)


@app.command()
@asks
def undelete(session: Session, id: ModelId, expected_version: ExpectedVersion = None, reason: Reason = "") -> None:
    """Bring a deleted private model back as it was."""
    from modeldex_client import ModelNotFound  # noqa: PLC0415

    with session.client() as client:
        try:
            answer = client.models.undelete(id, expected_version=expected_version, reason=reason)
        except ModelNotFound:
            advice = f"There was never a model {texts.quoted(id)}. Deleted ones: modeldex models list --deleted"
            raise Failure(advice, ExitCode.NOT_FOUND) from None
    session.output.say(f"Brought back: {texts.quoted(id)}, version {answer.model.version}, revision {answer.revision}.")
    session.output.answer(answer, list)


def _list(session: Session, filter: "ModelFilter", page: PageOptions, as_of: str | None) -> None:
    from modeldex.v1.discovery_service_pb2 import ModelSortField  # noqa: PLC0415

    output = session.output
    if page.all and page.limit is not None:
        raise UsageFailure("Give --limit or --all, not both.")
    limit = page.limit if page.limit or page.all or not output.on_terminal else _ON_TERMINAL
    sort_field = ModelSortField.Value(f"MODEL_SORT_FIELD_{SORT_FIELDS[page.sort]}")
    then = None if as_of is None else arguments.instant(as_of, "--as-of")
    total = shown = revision = 0
    with session.client() as client:
        pages = client.models.list(
            filter, sort_field=sort_field, descending=page.descending, limit=limit, as_of=then, include_total_size=True
        ).pages()

        def models() -> Iterator["Model"]:
            nonlocal total, shown, revision
            for answer in pages:
                total, revision = total or answer.total_size, answer.as_of_revision
                shown += len(answer.models)
                yield from answer.models

        output.list(sheet(page.sort), models())
    summary = _summary(shown, total, filter) if then is None or revision else "there was no model yet."
    output.say(summary if then is None else f"{_as_of(revision)}: {summary}")


def _summary(shown: int, total: int, filter: "ModelFilter") -> str:
    if not total and filter.provider_ids:
        return "No model matches. Fewer conditions find more; the providers: modeldex providers list"
    if not total:
        return "No model matches. Fewer conditions find more."
    if shown < total:
        return f"{shown:,} of {texts.plural(total, 'model')}; --all shows all."
    return f"{texts.plural(total, 'model')}."


def _as_of(then: datetime | int) -> str:
    if isinstance(then, int):
        return f"As of revision {then:,}"
    return f"As of {then:%Y-%m-%d %H:%M:%S} UTC"


def _model(client: "Client", id: str, as_of: datetime | int | None = None) -> "Model":
    """The model; where there is none, the error proposes near ids."""
    from modeldex_client import ModelNotFound  # noqa: PLC0415

    try:
        return client.models.get(id, as_of=as_of)
    except ModelNotFound as error:
        raise Failure(_not_found(client, id, error), ExitCode.NOT_FOUND) from None


def _not_found(client: "Client", id: str, error: "ModelNotFound") -> str:
    from modeldex_server.cli.near import near_ids  # noqa: PLC0415

    if revision := error.metadata.get("as_of_revision"):
        deleted = error.metadata.get("state") == "deleted"
        then_so = f"{texts.quoted(id)} was deleted" if deleted else f"there was no model {texts.quoted(id)}"
        return f"{_as_of(int(revision))} {then_so}. When it was there: modeldex history {texts.quoted(id)}"
    if error.metadata.get("state") == "deleted":
        return f"{texts.quoted(id)} was deleted. To bring it back: modeldex models undelete {texts.quoted(id)}"
    found = near_ids(client, id)
    if found:
        return f"No model has the id {texts.quoted(id)}. Near it: {', '.join(map(texts.quoted, found))}."
    return f"No model has the id {texts.quoted(id)}. To look for it: modeldex models search {texts.quoted(id)}"
