"""One refresh of one source: ask it, compare, write what differs, tell how each provider stands."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import structlog

from modeldex.v1 import provider_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex.v1.discovery_service_pb2 import RefreshResult
from modeldex_server.catalogue.upstream import Sources
from modeldex_server.discovery.comparison import Difference, Known, by_provider, chunks, compare
from modeldex_server.discovery.concurrency import side_by_side
from modeldex_server.discovery.merging import decide
from modeldex_server.discovery.records import ProviderRow, Records
from modeldex_server.discovery.sources.source import Listing
from modeldex_server.discovery.standing import WORKS, Outcome, Standing, outcome_of
from modeldex_server.discovery.task import WRITE_SECONDS, Task
from modeldex_server.errors import SourceError, SourceMalformed, SourceUnavailable
from modeldex_server.ledger.changes import MOST_MODELS, ListingChange, Operation, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import DISCOVERY

log = structlog.get_logger()

_LOGGED_REJECTIONS = 20
_GROUPS_AT_A_TIME = 2

Report = Callable[[str, RefreshResult], None]


class Refresher:
    """Runs refreshes."""

    def __init__(self, ledger: Ledger, records: Records) -> None:
        self._ledger = ledger
        self._records = records
        self._standing = Standing(ledger, records)

    async def run(self, task: Task, report: Report) -> pb.RefreshError | None:
        """Refresh a source; `report` hears of each provider as it ends.

        Returns: why the source failed, or None.

        Raises:
            StoreUnavailable, WriteContention, LeaseLost: nothing of the rest was written.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(task.limits.timeout):
                listings = await task.source.fetch(task.limits)
        except TimeoutError:
            late = SourceUnavailable(task.source.id, f"Source {task.source.id} did not answer in time.")
            return await self._failed(task, late, report, started)
        except SourceError as error:
            return await self._failed(task, error, report, started)
        except Exception:  # whatever a source answers, it costs its own refresh only
            log.exception("source_failed", source=task.source.id)
            broken = SourceMalformed(task.source.id, f"Source {task.source.id} gave what could not be read.")
            return await self._failed(task, broken, report, started)
        wanted = [one for one in listings if task.only is None or one.provider.id in task.only]
        await self._write(task, wanted, report, started)
        return None

    async def _failed(self, task: Task, error: SourceError, report: Report, started: float) -> pb.RefreshError:
        log.warning("refresh_failed", source=task.source.id, why=error.message)
        told = pb.RefreshError(reason=error.reason, message=error.message, source_id=task.source.id)
        told.time.FromDatetime(await self._records.now())
        if task.source.provider_id is not None:
            providers = {task.source.provider_id}
        else:
            providers = {row.provider_id for row in await self._records.refreshes(task.source.id)}
        if task.only is not None:
            providers &= task.only
        results = {
            provider_id: RefreshResult(provider_id=provider_id, errors=[told]) for provider_id in sorted(providers)
        }
        await self._end(task, results, outcome_of(error), report, started)
        return told

    async def _write(self, task: Task, listings: Sequence[Listing], report: Report, started: float) -> None:
        known = by_provider(await self._known(task))
        # A provider that a complete catalogue no longer has is one whose models it lacks; an empty list says nothing.
        listings = [*(one for one in listings if one.rows), *_vanished(listings, known)]
        await self._name_providers(listing.provider for listing in listings)
        complete = await self._complete(task)
        results: dict[str, RefreshResult] = {}

        async def one_group(group: Sequence[Listing]) -> None:
            results.update(await self._write_group(task, group, known, complete))

        # Side by side, so that one group is compared while the store writes another.
        await side_by_side(map(one_group, _groups(listings)), most=_GROUPS_AT_A_TIME)
        await self._end(task, dict(sorted(results.items())), WORKS, report, started)

    async def _write_group(
        self,
        task: Task,
        listings: Sequence[Listing],
        known: Mapping[str, Mapping[str, Known]],
        complete: frozenset[str],
    ) -> dict[str, RefreshResult]:
        differences = await asyncio.to_thread(_compare_all, task, listings, known)
        await self._records.count_missed(
            task.source.id,
            [model_id for one in differences for model_id in one.missed],
            [model_id for one in differences for model_id in one.seen_again],
        )
        work = [(one, model_id) for one in differences for model_id in await self._affected(task, one)]
        counts: dict[str, Counter[Operation]] = {one.provider_id: Counter() for one in differences}
        revisions: dict[str, int] = {}
        for batch in chunks(work, MOST_MODELS):
            await self._write_batch(task, batch, complete, counts, revisions)
        for one in differences:
            _log_rejections(task.source.id, one)
        return {
            one.provider_id: _result(one, counts[one.provider_id], revisions.get(one.provider_id, 0))
            for one in differences
        }

    async def _known(self, task: Task) -> list[Known]:
        return await self._records.known(task.source.id, sorted(task.only) if task.only is not None else None)

    async def _name_providers(self, providers: Iterable[pb.Provider]) -> None:
        named = await self._records.providers()
        new = [provider for provider in providers if not _is_named(named.get(provider.id), provider)]
        if new:
            await self._records.name_providers(new)

    async def _complete(self, task: Task) -> frozenset[str]:
        """The own sources that have given a complete listing: this one has, just now."""
        return await self._records.complete() | {task.source.id}

    async def _affected(self, task: Task, difference: Difference) -> list[str]:
        ids = {change.model_id for change in difference.changes}
        if task.own_providers.get(difference.provider_id) == task.source.id:
            known = await self._records.known(task.source.id, [difference.provider_id])
            listed = {one.model_id for one in known} | ids
            ids.update(await self._records.to_unlist(difference.provider_id, sorted(listed)))
        return sorted(ids)

    async def _write_batch(
        self,
        task: Task,
        batch: Sequence[tuple[Difference, str]],
        complete: frozenset[str],
        counts: Mapping[str, Counter[Operation]],
        revisions: dict[str, int],
    ) -> None:
        ids = [model_id for _, model_id in batch]
        touched = {one.provider_id: one for one, _ in batch}
        changes = _changes_of(touched.values(), frozenset(ids))
        events = [_refreshed(one) for one in touched.values()]
        sources = Sources(task.own_providers, complete)
        committed = await self._ledger.write(
            Write(
                principal=DISCOVERY,
                method="RefreshProviders",
                resource=task.source.id,
                model_ids=ids,
                decide=lambda heads: decide(heads, changes, sources, events),
                source_id=task.source.id,
                lease=task.lease,
                create=True,
                with_listings=True,
                timeout=WRITE_SECONDS,
            )
        )
        for change in committed.changed:
            counts[change.provider_id][committed.operations[change.model_id]] += 1
            revisions[change.provider_id] = committed.revision

    async def _end(
        self,
        task: Task,
        results: Mapping[str, RefreshResult],
        outcome: Outcome,
        report: Report,
        started: float,
    ) -> None:
        statuses = await self._standing.tell(task, results, outcome)
        for provider_id, result in results.items():
            result.status = statuses[provider_id]
            result.duration.FromMilliseconds(round((time.monotonic() - started) * 1000))
        if results:
            await self._records.keep_results(task.source, results)
        for provider_id, result in results.items():
            report(provider_id, result)


def _groups(listings: Sequence[Listing]) -> Iterator[list[Listing]]:
    """Listings in groups of about as many records as a revision takes."""
    group: list[Listing] = []
    size = 0
    for listing in sorted(listings, key=lambda listing: listing.provider.id):
        if group and size + len(listing.rows) > MOST_MODELS:
            yield group
            group, size = [], 0
        group.append(listing)
        size += len(listing.rows)
    if group:
        yield group


def _compare_all(task: Task, listings: Sequence[Listing], known: Mapping[str, Mapping[str, Known]]) -> list[Difference]:
    return [
        compare(task.source, listing, known.get(listing.provider.id, {}), threshold=task.removal_threshold)
        for listing in listings
    ]


def _vanished(listings: Sequence[Listing], known: Mapping[str, Mapping[str, Known]]) -> list[Listing]:
    listed = {listing.provider.id for listing in listings}
    return [Listing(pb.Provider(id=provider_id), (), ()) for provider_id in known if provider_id not in listed]


def _changes_of(differences: Iterable[Difference], ids: frozenset[str]) -> dict[str, ListingChange]:
    return {change.model_id: change for one in differences for change in one.changes if change.model_id in ids}


def _is_named(row: ProviderRow | None, provider: pb.Provider) -> bool:
    if row is None:
        return False
    said = (provider.display_name, provider.documentation_uri, provider.api_uri)
    kept = (row.display_name, row.documentation_uri, row.api_uri)
    return all(not word or word == known for word, known in zip(said, kept, strict=True))


def _refreshed(difference: Difference) -> update_pb2.ProviderUpdate:
    return update_pb2.ProviderUpdate(
        type=update_pb2.PROVIDER_UPDATE_TYPE_MODELS_REFRESHED,
        provider_id=difference.provider_id,
        status=pb.PROVIDER_STATUS_ACTIVE,
        model_count=difference.total,
    )


def _result(difference: Difference, counts: Counter[Operation], revision: int) -> RefreshResult:
    added = counts[Operation.CREATE] + counts[Operation.UNDELETE]
    changed_in_listing = added + counts[Operation.UPDATE]
    return RefreshResult(
        provider_id=difference.provider_id,
        added_count=added,
        updated_count=counts[Operation.UPDATE],
        removed_count=counts[Operation.DELETE],
        unchanged_count=max(0, difference.total - changed_in_listing),
        rejected_count=len(difference.rejected),
        committed_revision=revision,
    )


def _log_rejections(source_id: str, difference: Difference) -> None:
    for line in difference.rejected[:_LOGGED_REJECTIONS]:
        log.warning("record_left_out", source=source_id, provider=difference.provider_id, record=line)
    if (more := len(difference.rejected) - _LOGGED_REJECTIONS) > 0:
        log.warning("records_left_out", source=source_id, provider=difference.provider_id, more=more)
