"""Which models: options, and the filter of the contract that they make."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.completion import complete_capability, complete_provider

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import ModelFilter

_PANEL = "Which models (all conditions must hold)"
# What people call some capabilities; the vocabulary has one name for each.
_EVERYDAY = {
    "tools": "function_calling",
    "tool_use": "function_calling",
    "tool_calling": "function_calling",
    "functions": "function_calling",
    "images": "vision",
    "image_input": "vision",
    "thinking": "reasoning",
    "json": "json_mode",
    "pdf": "document_input",
    "audio": "audio_input",
    "video": "video_input",
    "caching": "prompt_caching",
    "embeddings": "embedding",
}


class Kind(StrEnum):
    """Kinds of input and output."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    EMBEDDING = "embedding"
    SCORE = "score"
    DECISION = "decision"


_KINDS = ", ".join(Kind)


class Stage(StrEnum):
    """Stages of a model's life."""

    EXPERIMENTAL = "experimental"
    PREVIEW = "preview"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class Sort(StrEnum):
    """What a list is ordered by."""

    ID = "id"
    NAME = "name"
    PRICE = "price"
    OUTPUT_PRICE = "output-price"
    CONTEXT = "context"
    MAX_OUTPUT = "max-output"
    RELEASE = "release"
    RETIREMENT = "retirement"
    REVISION = "revision"


SORT_FIELDS = {
    Sort.ID: "ID",
    Sort.NAME: "DISPLAY_NAME",
    Sort.PRICE: "INPUT_PRICE",
    Sort.OUTPUT_PRICE: "OUTPUT_PRICE",
    Sort.CONTEXT: "CONTEXT_WINDOW",
    Sort.MAX_OUTPUT: "MAX_OUTPUT_TOKENS",
    Sort.RELEASE: "RELEASE_TIME",
    Sort.RETIREMENT: "RETIREMENT_TIME",
    Sort.REVISION: "REVISION",
}


@dataclass(frozen=True)
class FilterOptions:
    """The conditions that people ask for."""

    provider: Annotated[
        list[str] | None,
        typer.Option(
            "--provider",
            "-p",
            metavar="ID",
            help="Of one of these providers.",
            autocompletion=complete_provider,
            rich_help_panel=_PANEL,
        ),
    ] = None
    has: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CAPABILITY",
            help="Has it; for example vision,tools.",
            autocompletion=complete_capability,
            rich_help_panel=_PANEL,
        ),
    ] = None
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CAPABILITY",
            help="Is known not to have it.",
            autocompletion=complete_capability,
            rich_help_panel=_PANEL,
        ),
    ] = None
    takes: Annotated[
        list[Kind] | None,
        typer.Option("--input", "--takes", metavar="KIND", help=f"Takes it: {_KINDS}.", rich_help_panel=_PANEL),
    ] = None
    gives: Annotated[
        list[Kind] | None,
        typer.Option("--gives", metavar="KIND", help="Gives it (--output is another thing).", rich_help_panel=_PANEL),
    ] = None
    min_context: Annotated[
        str | None, typer.Option(metavar="TOKENS", help="At least this context window: 128k.", rich_help_panel=_PANEL)
    ] = None
    min_output: Annotated[
        str | None, typer.Option(metavar="TOKENS", help="At least this largest output: 16k.", rich_help_panel=_PANEL)
    ] = None
    max_price: Annotated[
        list[str] | None,
        typer.Option(metavar="METER=USD", help="At most this for a million tokens: input=1.", rich_help_panel=_PANEL),
    ] = None
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Carries it.", rich_help_panel=_PANEL)] = None
    stage: Annotated[
        list[Stage] | None,
        typer.Option(help="In one of these stages (default: all but retired).", rich_help_panel=_PANEL),
    ] = None
    retires_before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Is known to retire before: 2026-12-31.", rich_help_panel=_PANEL)
    ] = None
    canonical_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The same model at every provider: gpt-4o.", rich_help_panel=_PANEL)
    ] = None
    unlisted: Annotated[
        bool, typer.Option("--unlisted", help="Also those their provider does not list.", rich_help_panel=_PANEL)
    ] = False
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Also private models that were deleted.", rich_help_panel=_PANEL)
    ] = False


def filter_of(options: FilterOptions, query: str = "") -> "ModelFilter":
    """The filter that the options make.

    Raises:
        UsageFailure: a value is not what its option takes.
    """
    from modeldex.v1 import discovery_service_pb2 as pb  # noqa: PLC0415
    from modeldex.v1 import model_pb2  # noqa: PLC0415

    made = pb.ModelFilter(
        provider_ids=arguments.items(options.provider),
        capabilities_true=_capabilities(options.has),
        capabilities_false=_capabilities(options.without),
        input_modalities=[model_pb2.Modality.Value(f"MODALITY_{kind.upper()}") for kind in options.takes or ()],
        output_modalities=[model_pb2.Modality.Value(f"MODALITY_{kind.upper()}") for kind in options.gives or ()],
        lifecycle_stages=[
            model_pb2.LifecycleStage.Value(f"LIFECYCLE_STAGE_{stage.upper()}") for stage in options.stage or ()
        ],
        tags=options.tag or (),
        canonical_id=options.canonical_id or "",
        query=query,
        include_unlisted=options.unlisted,
        include_deleted=options.deleted,
    )
    if options.min_context is not None:
        made.min_context_window = arguments.tokens(options.min_context, "--min-context")
    if options.min_output is not None:
        made.min_max_output_tokens = arguments.tokens(options.min_output, "--min-output")
    if options.retires_before is not None:
        made.retires_before.FromDatetime(arguments.moment(options.retires_before, "--retires-before"))
    for text in arguments.items(options.max_price):
        meter, amount = arguments.price_ceiling(text, "--max-price")
        made.price_ceilings.add(meter=meter, max_amount=amount)
    return made


def _capabilities(values: list[str] | None) -> list[str]:
    names = (value.lower().replace("-", "_") for value in arguments.items(values))
    return [_EVERYDAY.get(name, name) for name in names]
