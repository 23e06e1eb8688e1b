# Written by scripts/unasync.py from _async/cache.py; edit that one.
"""The cache: model entries that services share, the copies that answer reads, and what makes both count no more."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.cache_pb2 import CacheEntry, CacheEventKind
from modeldex.v1.feed_statistics_pb2 import TimeRange
from modeldex.v1.invalidation_pb2 import (
    INVALIDATION_REASON_UNSPECIFIED,
    Invalidation,
    InvalidationReason,
    InvalidationStrategy,
)
from modeldex_client import _cache, _requests, _watch
from modeldex_client._sync.cache_events import CacheEvents
from modeldex_client._sync.cache_rules import CacheRules
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.pager import Pager

if TYPE_CHECKING:
    from modeldex.v1.cache_service_pb2_grpc import CacheServiceStub
    from modeldex.v1.model_pb2 import Model

CLEANUP_SECONDS = 600.0  # as long as the server lets a cleanup, or a refresh of a provider, run


class Cache:
    """Entries: models under their ids, in namespaces. "catalogue" has those of the catalogue and is read-only; what is
    set in any other is kept by the server until its time is over, the same for all who ask.

    `timeout` and `min_revision` are as for models. Setting and deleting raise NamespaceReadOnly for "catalogue".
    """

    def __init__(self, caller: Caller, stub: CacheServiceStub) -> None:
        self._caller = caller
        self._stub = stub

    @cached_property
    def rules(self) -> CacheRules:
        """What is done by itself when an invalidation happens."""
        return CacheRules(self._caller, self._stub)

    def get(
        self, key: str, *, namespace: str = _cache.CATALOGUE, min_revision: int = 0, timeout: float | None = None
    ) -> CacheEntry:
        """The entry of a key. Raises EntryNotFound.

        >>> entry = client.cache.get("acme/one")
        >>> entry.value.display_name, entry.entry_version
        ('One', 1)
        """
        request = pb.GetEntryRequest(namespace=namespace, key=key, min_revision=min_revision)
        answer = self._caller.call(self._stub.GetEntry, request, timeout)
        return answer.entry

    def get_many(
        self,
        keys: Iterable[str],
        *,
        namespace: str = _cache.CATALOGUE,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> pb.BatchGetEntriesResponse:
        """The entries of many keys in their order, and the keys that have none. `timeout` holds for each 1,000 of them.

        The answer is current through the revision it carries, the smallest where it took several calls.
        """
        joined: pb.BatchGetEntriesResponse | None = None
        for batch in _requests.batches(dict.fromkeys(keys)):
            request = pb.BatchGetEntriesRequest(namespace=namespace, keys=batch, min_revision=min_revision)
            answer = self._caller.call(self._stub.BatchGetEntries, request, timeout)
            if joined is None:
                joined = answer
            else:
                revision = min(joined.revision, answer.revision)
                joined.MergeFrom(answer)
                joined.revision = revision
        return pb.BatchGetEntriesResponse() if joined is None else joined

    def has(
        self, key: str, *, namespace: str = _cache.CATALOGUE, min_revision: int = 0, timeout: float | None = None
    ) -> pb.HasEntryResponse:
        """Says whether there is an entry, and whether the process that answers holds it in memory. That is no read."""
        request = pb.HasEntryRequest(namespace=namespace, key=key, min_revision=min_revision)
        return self._caller.call(self._stub.HasEntry, request, timeout)

    def set(
        self,
        key: str,
        model: Model,
        *,
        namespace: str,
        ttl: timedelta | None = None,
        tags: str | Iterable[str] = (),
        priority: int = 0,
        metadata: _cache.Fields | None = None,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> CacheEntry:
        """Sets an entry, whole, and gives it without its value.

        Args:
            key: The model's id.
            model: The model.
            namespace: Whose it is; not "catalogue".
            ttl: How long it lives; as the server's policy says unless told.
            tags: What it can be invalidated by.
            priority: 0 to 9: the higher stay in memory longest.
            metadata: For your own use.
            expected_version: Set it only if it has this entry_version now; 0 only if there is none.

        Raises:
            VersionMismatch: expected_version is not the current version.
            TooManyEntries: The server holds as many as it may.

        >>> entry = client.cache.set("acme/one", Model(id="acme/one"), namespace="mine", tags=["small"])
        >>> entry.key, list(entry.tags), entry.HasField("expire_time")
        ('acme/one', ['small'], True)
        """
        entry = _cache.entry(namespace, key, model, ttl=ttl, tags=tags, priority=priority, metadata=metadata)
        request = pb.SetEntryRequest(entry=entry, expected_version=expected_version)
        answer = self._caller.call(self._stub.SetEntry, request, timeout)
        return answer.entry

    def set_many(self, entries: Iterable[CacheEntry], *, timeout: float | None = None) -> pb.BatchSetEntriesResponse:
        """Sets 1 to 1,000 entries, all or none, and gives them in their order without their values.

        Raises TooManyEntries.
        """
        request = pb.BatchSetEntriesRequest(entries=entries)
        return self._caller.call(self._stub.BatchSetEntries, request, timeout)

    def delete(
        self, key: str, *, namespace: str, expected_version: int | None = None, timeout: float | None = None
    ) -> bool:
        """Deletes an entry and says whether there was one. Raises VersionMismatch."""
        request = pb.DeleteEntryRequest(namespace=namespace, key=key, expected_version=expected_version)
        answer = self._caller.call(self._stub.DeleteEntry, request, timeout)
        return answer.deleted

    def delete_many(self, keys: Iterable[str], *, namespace: str, timeout: float | None = None) -> int:
        """Deletes 1 to 1,000 entries, all or none, and says how many there were."""
        request = pb.BatchDeleteEntriesRequest(namespace=namespace, keys=keys)
        answer = self._caller.call(self._stub.BatchDeleteEntries, request, timeout)
        return answer.deleted_count

    def list(
        self,
        filter: pb.CacheEntryFilter | None = None,
        *,
        namespace: str = _cache.CATALOGUE,
        omit_values: bool = False,
        page_size: int = 0,
        limit: int | None = None,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> Pager[CacheEntry, pb.ListEntriesResponse]:
        """The entries of a namespace that match a filter, by key. Pages as of models."""
        asked = pb.ListEntriesRequest(
            namespace=namespace,
            filter=filter,
            omit_values=omit_values,
            page_size=_requests.page_size(page_size, limit),
            min_revision=min_revision,
        )

        def fetch(token: str) -> pb.ListEntriesResponse:
            request = pb.ListEntriesRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListEntries, request, timeout)

        return Pager(fetch, lambda page: page.entries, limit)

    def count(
        self,
        filter: pb.CacheEntryFilter | None = None,
        *,
        namespace: str = _cache.CATALOGUE,
        min_revision: int = 0,
        timeout: float | None = None,
    ) -> pb.CountEntriesResponse:
        """Counts the entries of a namespace that match a filter, and those of them that are held in memory."""
        request = pb.CountEntriesRequest(namespace=namespace, filter=filter, min_revision=min_revision)
        return self._caller.call(self._stub.CountEntries, request, timeout)

    def ttl(
        self, key: str, *, namespace: str = _cache.CATALOGUE, timeout: float | None = None
    ) -> pb.GetEntryTtlResponse:
        """How long an entry has to live. Raises EntryNotFound."""
        request = pb.GetEntryTtlRequest(namespace=namespace, key=key)
        return self._caller.call(self._stub.GetEntryTtl, request, timeout)

    def set_ttl(self, key: str, ttl: timedelta, *, namespace: str, timeout: float | None = None) -> CacheEntry:
        """Has an entry live for a time from now on, and gives it without its value. Raises EntryNotFound."""
        request = pb.SetEntryTtlRequest(namespace=namespace, key=key, ttl=_requests.span(ttl))
        answer = self._caller.call(self._stub.SetEntryTtl, request, timeout)
        return answer.entry

    def refresh(self, key: str, *, namespace: str = _cache.CATALOGUE, timeout: float | None = None) -> CacheEntry:
        """Reads an entry from PostgreSQL, past memory and Redis. Raises EntryNotFound."""
        request = pb.RefreshEntryRequest(namespace=namespace, key=key)
        answer = self._caller.call(self._stub.RefreshEntry, request, timeout)
        return answer.entry

    def refresh_provider(
        self,
        provider_id: str,
        *,
        namespace: str = _cache.CATALOGUE,
        ask_sources: bool = False,
        timeout: float | None = CLEANUP_SECONDS,
    ) -> pb.RefreshProviderEntriesResponse:
        """Does so for all entries of a provider; with `ask_sources` once its sources were asked for news."""
        request = pb.RefreshProviderEntriesRequest(
            namespace=namespace, provider_id=provider_id, ask_sources=ask_sources
        )
        return self._caller.call(self._stub.RefreshProviderEntries, request, timeout)

    def clear(self, namespace: str = "", *, timeout: float | None = None) -> pb.ClearCacheResponse:
        """Deletes the entries of callers and drops the copies, on all replicas; of one namespace where it is named."""
        return self._caller.call(self._stub.ClearCache, pb.ClearCacheRequest(namespace=namespace), timeout)

    def cleanup(self, *, timeout: float | None = CLEANUP_SECONDS) -> pb.CleanupCacheResponse:
        """Frees what has expired now. The server does so by itself, too."""
        return self._caller.call(self._stub.CleanupCache, pb.CleanupCacheRequest(), timeout)

    def stats(self, *, timeout: float | None = None) -> pb.GetCacheStatsResponse:
        """How the cache of the process that answers does, and the policies in force.

        >>> client.cache.stats().policies.cache_enabled
        True
        """
        return self._caller.call(self._stub.GetCacheStats, pb.GetCacheStatsRequest(), timeout)

    def events(
        self,
        *,
        kinds: Iterable[CacheEventKind.ValueType] = (),
        namespaces: str | Iterable[str] = (),
        provider_ids: str | Iterable[str] = (),
        sample_rate: float | None = None,
        on_interruption: _watch.Listener | None = None,
    ) -> CacheEvents:
        """What happens in the cache of the process that answers, from now on.

        Args:
            kinds: Only events of these kinds; all unless told.
            namespaces: Only of entries in these, and those of no entry.
            provider_ids: Only of entries of these providers, and those of no entry.
            sample_rate: The share of hits and misses to be told, above 0 and at most 1; all unless told.
            on_interruption: As for `client.watch`.

        The iteration raises NotificationsDisabled and whatever else another attempt would not mend.
        """
        request = _cache.watching(kinds, namespaces, provider_ids, sample_rate)
        return CacheEvents(self._caller, request, on_interruption)

    def invalidate(
        self,
        *,
        key: str | None = None,
        tags: str | Iterable[str] | None = None,
        provider_id: str | None = None,
        expired: bool = False,
        all: bool = False,
        namespace: str = "",
        soft: bool = False,
        reason: InvalidationReason.ValueType = INVALIDATION_REASON_UNSPECIFIED,
        expected_version: int | None = None,
        context: _cache.Fields | None = None,
        timeout: float | None = None,
    ) -> pb.InvalidateResponse:
        """Invalidates entries of callers and copies of models, on all replicas.

        Args:
            key: Those of this key.
            tags: Those with any of these tags.
            provider_id: Those of this provider.
            expired: Those that have expired.
            all: All.
            namespace: Only of this namespace; of all unless told.
            soft: They may still be answered, marked as stale, while better is read or set.
            reason: Why; that of the target unless told.
            expected_version: With a key: only those whose model has another version.
            context: More about it, for rules and for who reads the history.

        Raises:
            ValueError: None or several of the first five are given.
            StrategyDisabled: The server's settings switch this way off.

        >>> answer = client.cache.invalidate(tags="large", namespace="mine")
        >>> answer.invalidation.entry_count
        0
        """
        request = _cache.invalidation(
            key=key,
            tags=tags,
            provider_id=provider_id,
            expired=expired,
            everything=all,
            namespace=namespace,
            soft=soft,
            reason=reason,
            expected_version=expected_version,
            context=context,
        )
        return self._caller.call(self._stub.Invalidate, request, timeout)

    def strategies(self, *, timeout: float | None = None) -> builtins.list[InvalidationStrategy]:
        """The built-in ways that entries are invalidated, by name."""
        request = pb.ListInvalidationStrategiesRequest()
        answer = self._caller.call(self._stub.ListInvalidationStrategies, request, timeout)
        return builtins.list(answer.strategies)

    def invalidations(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        reasons: Iterable[InvalidationReason.ValueType] = (),
        provider_id: str = "",
        rule_id: str = "",
        page_size: int = 0,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Pager[Invalidation, pb.ListInvalidationsResponse]:
        """The invalidations that were made in a span of time, those that failed among them, the newest first.

        Pages as of models. The server keeps them for 90 days.
        """
        asked = pb.ListInvalidationsRequest(
            reasons=reasons,
            provider_id=provider_id,
            rule_id=rule_id,
            page_size=_requests.page_size(page_size, limit),
        )
        if start is not None or end is not None:
            asked.time_range.CopyFrom(TimeRange(start_time=_requests.moment(start), end_time=_requests.moment(end)))

        def fetch(token: str) -> pb.ListInvalidationsResponse:
            request = pb.ListInvalidationsRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListInvalidations, request, timeout)

        return Pager(fetch, lambda page: page.invalidations, limit)

    def invalidation_stats(self, *, timeout: float | None = None) -> pb.GetInvalidationStatsResponse:
        """Counts the invalidations that are kept."""
        return self._caller.call(self._stub.GetInvalidationStats, pb.GetInvalidationStatsRequest(), timeout)
