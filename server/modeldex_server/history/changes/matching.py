"""Which changes a filter asks for: pure. Terms find the versions that may have them, entries say whether they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.history.classification import Rules, steps_of
from modeldex_server.ledger.terms import operation_term, path_term, principal_term
from modeldex_server.security.scope import Scope


class Matching:
    """A filter, ready to be asked."""

    def __init__(self, wanted: api.ModelChangeFilter, rules: Rules, scope: Scope) -> None:
        self.providers = _providers(wanted.provider_ids, scope)
        self.models = _models(wanted.model_ids, self.providers)
        self.start = _ceiling(wanted.start_time) if wanted.HasField("start_time") else None
        self.end = _ceiling(wanted.end_time) if wanted.HasField("end_time") else None
        self.after_revision, self.up_to_revision = wanted.after_revision, wanted.up_to_revision
        self.terms = [sorted(terms) for terms in _terms(wanted, rules)]
        self._paths = [steps_of(path) for path in wanted.paths]
        self.types = frozenset(wanted.types)
        self._classes = frozenset(wanted.change_classes)

    @property
    def finds_nothing(self) -> bool:
        """Whether no version can match."""
        return self.models == [] or self.providers == []

    @property
    def is_selective(self) -> bool:
        """Whether an index finds what may match."""
        return self.models is not None or self.providers is not None or bool(self.terms)

    @property
    def is_of_entries(self) -> bool:
        """Whether the entries of a version decide."""
        return bool(self._paths or self.types or self._classes)

    def may_have(self, changes: Iterable[update_pb2.FieldChange]) -> bool:
        """Whether any of the changes can be asked for, whatever it means. Cheaper to ask than what it means."""
        return not self.is_of_entries or any(self._is_about(change) for change in changes)

    def entries(self, entries: Iterable[history_pb2.DiffEntry]) -> list[history_pb2.DiffEntry] | None:
        """Those entries of a version that are asked for; None where the version is not."""
        if not self.is_of_entries:
            return list(entries)
        return [entry for entry in entries if self._has(entry)] or None

    def _has(self, entry: history_pb2.DiffEntry) -> bool:
        return (not self._classes or entry.change_class in self._classes) and self._is_about(entry.change)

    def _is_about(self, change: update_pb2.FieldChange) -> bool:
        if self.types and change.operation not in self.types:
            return False
        if not self._paths:
            return True
        path = steps_of(change.path)
        return any(path[: len(one)] == one for one in self._paths)


def _providers(wanted: Iterable[str], scope: Scope) -> list[str] | None:
    """The providers whose models may be told; None: all."""
    named = sorted(set(wanted))
    return [one for one in named if scope.covers(one)] if named else scope.listed


def _models(wanted: Iterable[str], providers: list[str] | None) -> list[str] | None:
    named = sorted(set(wanted))
    if not named:
        return None
    return [one for one in named if providers is None or one.partition("/")[0] in providers]


def _terms(wanted: api.ModelChangeFilter, rules: Rules) -> Iterator[Iterable[str]]:
    """Groups of terms: whoever matches has one of each."""
    if wanted.operations:
        yield {operation_term(one) for one in wanted.operations}
    if wanted.principals:
        yield {principal_term(one) for one in wanted.principals}
    if wanted.paths:
        yield {path_term(one) for one in wanted.paths}
    if wanted.change_classes and (terms := rules.terms(wanted.change_classes)) is not None:
        yield terms


def _ceiling(time: Timestamp) -> datetime:
    """The first microsecond that is not before a time: commits have no nanoseconds."""
    moment = time.ToDatetime(UTC)
    if time.nanos % 1000 and moment < datetime.max.replace(tzinfo=UTC):
        moment += timedelta(microseconds=1)
    return moment
