"""What the shell proposes where an id is typed: asked of the server, briefly; without one there is no proposal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from modeldex_client import Client

_SECONDS = 0.6
_MOST = 100


def complete_model(context: typer.Context, incomplete: str) -> list[str]:
    """Ids of models."""

    def ask(client: Client) -> Iterable[str]:
        from modeldex.v1.discovery_service_pb2 import ModelFilter  # noqa: PLC0415

        provider, slash, rest = incomplete.partition("/")
        if not slash:
            return (f"{provider.id}/" for provider in client.providers.list())
        return (model.id for model in client.models.list(ModelFilter(provider_ids=[provider], query=rest), limit=_MOST))

    return _proposals(context, incomplete, ask)


def complete_entry(context: typer.Context, incomplete: str) -> list[str]:
    """Keys of entries: of the namespace that stands on the line, else of the catalogue."""
    namespace = context.params.get("namespace") or "catalogue"
    if namespace == "catalogue":
        return complete_model(context, incomplete)

    def ask(client: Client) -> Iterable[str]:
        return (entry.key for entry in client.cache.list(namespace=namespace, omit_values=True, limit=_MOST))

    return _proposals(context, incomplete, ask)


def complete_rule(context: typer.Context, incomplete: str) -> list[str]:
    """Ids of rules."""
    return _proposals(context, incomplete, lambda client: (rule.id for rule in client.cache.rules.list()))


def complete_rollback(context: typer.Context, incomplete: str) -> list[str]:
    """Ids of rollbacks that wait for a decision."""

    def ask(client: Client) -> Iterable[str]:
        from modeldex.v1.history_pb2 import ROLLBACK_STATE_PENDING  # noqa: PLC0415

        return (one.id for one in client.history.rollbacks.list(states=[ROLLBACK_STATE_PENDING], limit=_MOST))

    return _proposals(context, incomplete, ask)


def complete_provider(context: typer.Context, incomplete: str) -> list[str]:
    """Ids of providers."""
    return _proposals(context, incomplete, lambda client: (provider.id for provider in client.providers.list()))


def complete_capability(context: typer.Context, incomplete: str) -> list[str]:
    """Capabilities that some model has; after a comma, the next one."""
    before, comma, last = incomplete.rpartition(",")
    found = _proposals(context, last, lambda client: client.models.stats().models_by_capability)
    return [f"{before}{comma}{name}" for name in found]


def _proposals(context: typer.Context, incomplete: str, ask: Callable[[Client], Iterable[str]]) -> list[str]:
    from modeldex_server.cli.target import TargetOptions, connect  # noqa: PLC0415

    try:
        with connect(TargetOptions(**_given(context)), quiet=True, timeout=_SECONDS) as client:
            return sorted(word for word in ask(client) if word.startswith(incomplete) and word.isprintable())
    except Exception:  # a line that is being typed is no place for an error
        return []


def _given(context: typer.Context) -> dict[str, Any]:
    """The options of the target that stand on the line so far, before or after the command's name."""
    from dataclasses import fields  # noqa: PLC0415

    from modeldex_server.cli.target import TargetOptions  # noqa: PLC0415

    root = context.find_root().params
    names = [field.name for field in fields(TargetOptions)]
    return {name: value for name in names if (value := context.params.get(name, root.get(name))) is not None}
