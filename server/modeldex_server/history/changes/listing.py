"""Lists of changes across models, newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.history.changes.finding import Finder, FoundVersion, Position
from modeldex_server.history.changes.matching import Matching
from modeldex_server.history.changes.searching import Effort, Search
from modeldex_server.history.changes.spans import span_of
from modeldex_server.history.classification import Rules
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.wire import fitting

_HEAD = "SELECT revision FROM ledger_head"


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of changes. `next`: where the next one begins; None after the last."""

    changes: Sequence[history_pb2.ModelChange]
    next: Position | None
    head: int


@dataclass(frozen=True, slots=True)
class _Revision:
    revision: int


class Changes:
    """Lists changes, straight from the store: as current as it is. What they mean, the rules of now say."""

    def __init__(self, database: Database, rules: Rules, effort: Effort | None = None) -> None:
        self._database = database
        self._rules = rules
        self._effort = effort or Effort()

    async def page(self, wanted: api.ModelChangeFilter, below: Position | None, size: int, scope: Scope) -> ChangePage:
        """The changes of a scope that match, below a position; fewer than `size` where few of those looked at do, or
        where they have megabytes of facts.

        Raises:
            StoreUnavailable.
        """
        head = (await self._database.rows(_Revision, _HEAD))[0].revision
        matching = Matching(wanted, self._rules, scope)
        if matching.finds_nothing:
            return ChangePage([], None, head)
        finder = Finder(self._database, matching, await span_of(self._database, matching))
        return await self._search(finder, matching, below, size, head)

    async def _search(
        self, finder: Finder, matching: Matching, below: Position | None, size: int, head: int
    ) -> ChangePage:
        found: list[tuple[Position, history_pb2.ModelChange]] = []
        search = Search(finder, below, size, self._effort, is_selective=matching.is_selective)
        while len(found) <= size and not search.is_over:
            found += self._changes(await search.look(len(found)), matching)
        count = fitting(change.ByteSize() for _, change in found[:size])
        end = found[count - 1][0] if len(found) > count else search.position
        return ChangePage([change for _, change in found[:count]], end, head)

    def _changes(
        self, versions: Sequence[FoundVersion], matching: Matching
    ) -> Iterator[tuple[Position, history_pb2.ModelChange]]:
        for version in versions:
            if version.operation == Operation.DELETE:
                entries = [self._rules.removal()]
            else:
                changes = update_pb2.ModelUpdate.FromString(version.changes).changes
                entries = self._rules.entries(changes) if matching.may_have(changes) else []
            shown = matching.entries(entries)
            if shown is not None:
                yield version.position, _change(version, shown, self._rules.summary(entries).impact)


def _change(
    version: FoundVersion, shown: Sequence[history_pb2.DiffEntry], impact: history_pb2.ChangeImpact.ValueType
) -> history_pb2.ModelChange:
    return history_pb2.ModelChange(
        model_id=version.model_id,
        version=version.version,
        revision=version.revision,
        time=stamp(version.committed_at),
        operation=history_pb2.ModelVersionOperation.ValueType(version.operation),
        principal=version.principal,
        source_id=version.source_id,
        reason=version.reason,
        entries=shown,
        impact=impact,
    )
