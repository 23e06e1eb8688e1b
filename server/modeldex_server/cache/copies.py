"""The second tier: copies in Redis, shared by all replicas. What is wrong with it is a miss, and never an error."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import structlog

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.envelope import MOST_BYTES, UnreadableCopy, name_of, seal, unseal
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.store.breaker import State
from modeldex_server.store.redis import Answer, Command, NotAsked, RedisAway, RedisClient

log = structlog.get_logger()

CopyKey = tuple[str, str, int]
"""Namespace, key, version."""

_REDIS = pb.CACHE_TIER_REDIS
_MOST_KEYS = 1000  # of one MGET
_MOST_PENDING = 10_000  # copies that wait for the writer: a refresh brings thousands at once
_MOST_PENDING_BYTES = 16 * 1024 * 1024
# What is written at once must fit in the time of one operation, also where the network is slow.
_AT_ONCE = 100
_AT_ONCE_BYTES = 256 * 1024
_JITTER = 0.1  # of the TTL, up or down: what was written together does not expire together


@dataclass(frozen=True, slots=True)
class Copy:
    """The bytes of a model or an entry, and the newest invalidation that was applied before they were read."""

    data: bytes
    mark: int


class Copies:
    """Copies by namespace, key and version: immutable, so that nothing has to be deleted. Touched from the event loop
    only. Run its writer with `run`."""

    def __init__(
        self,
        redis: RedisClient | None,
        *,
        prefix: str,
        ttl: timedelta,
        epoch: Callable[[], str],
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`prefix`: of all names. `epoch` tells which history of the catalogue it is: versions of another one mean
        something else. `chance` gives numbers from 0 to 1."""
        self._redis = redis
        self._prefix = prefix
        self._ttl = ttl / timedelta(milliseconds=1)
        self._epoch = epoch
        self._policies = policies
        self._statistics = statistics
        self._events = events
        self._clock = clock
        self._chance = chance
        self._pending: OrderedDict[bytes, Copy] = OrderedDict()
        self._pending_bytes = 0
        self._filled = asyncio.Event()
        self._told: set[str] = set()
        self.written = 0
        """Copies that Redis took."""
        self.dropped = 0
        """Copies that it did not: they were too many at once, or it was away, or full."""
        self.unreadable = 0
        """What lay under names of ours and was no copy of ours."""

    @property
    def usable(self) -> bool:
        """Whether it is worth asking now. Who does not ask may put what it read: fills find Redis again, too."""
        return self._redis is not None and self._policies.enabled and self._redis.state is not State.OPEN

    @property
    def pending(self) -> int:
        """Copies that wait for the writer."""
        return len(self._pending)

    async def get(self, keys: Iterable[CopyKey]) -> dict[CopyKey, Copy]:
        """The copies of those keys that are there and whole, in one round trip for 1,000 keys."""
        redis = self._redis
        if redis is None or not self._policies.enabled:
            return {}
        wanted = list(dict.fromkeys(keys))
        found: dict[CopyKey, Copy] = {}
        for at in range(0, len(wanted), _MOST_KEYS):
            found |= await self._get(redis, wanted[at : at + _MOST_KEYS])
        return found

    def put(self, copies: Mapping[CopyKey, Copy]) -> None:
        """Have them written soon. What is too much is dropped."""
        if self._redis is None or not self._policies.enabled:
            return
        for key, copy in copies.items():
            self._add(self._name(key), copy)
        if self._pending:
            self._filled.set()

    async def run(self) -> NoReturn:
        """Write what was put, until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._pending:
                await self._write(self._take())

    def _name(self, key: CopyKey) -> bytes:
        return name_of(self._prefix, self._epoch(), *key)

    async def _get(self, redis: RedisClient, keys: Sequence[CopyKey]) -> dict[CopyKey, Copy]:
        names = [self._name(key) for key in keys]
        began = self._clock()
        try:
            answer = await redis.ask("MGET", *names)
        except RedisAway as away:
            return self._fail(keys, away)
        self._statistics.loaded(_REDIS, self._clock() - began)
        if not isinstance(answer, list) or len(answer) != len(names):
            return self._fail(keys, RedisAway("not an answer of Redis"))
        copies = map(self._read, names, answer)
        return {key: copy for key, copy in zip(keys, copies, strict=True) if copy is not None}

    def _read(self, name: bytes, envelope: Answer) -> Copy | None:
        try:
            copy = None if envelope is None else _opened(name, envelope)
        except UnreadableCopy as why:
            copy = None
            self._tell_unreadable(str(why))
        if copy is None:
            self._statistics.miss(_REDIS)
        else:
            self._statistics.hit(_REDIS)
        return copy

    def _fail(self, keys: Sequence[CopyKey], away: RedisAway) -> dict[CopyKey, Copy]:
        for _ in keys:
            self._statistics.failed(_REDIS)
        if not isinstance(away, NotAsked):  # that it is left alone was told when that began
            self._events.error(_REDIS, f"Redis did not answer: {away}")
        return {}

    def _tell_unreadable(self, why: str) -> None:
        """One line at the first of its kind: it may be every copy."""
        self.unreadable += 1
        self._events.error(_REDIS, f"a copy could not be read: {why}")
        if why not in self._told:
            self._told.add(why)
            log.warning("redis_copy_unreadable", why=why)

    def _add(self, name: bytes, copy: Copy) -> None:
        before = self._pending.get(name)
        if before is not None and before.mark >= copy.mark:
            return  # it is the same, and no newer
        size = _size(name, copy) - (0 if before is None else _size(name, before))
        too_many = before is None and len(self._pending) >= _MOST_PENDING
        if too_many or self._pending_bytes + size > _MOST_PENDING_BYTES or len(copy.data) > MOST_BYTES:
            self.dropped += 1
            return
        self._pending[name] = copy
        self._pending_bytes += size

    def _take(self) -> dict[bytes, Copy]:
        taken: dict[bytes, Copy] = {}
        size = 0
        while self._pending and len(taken) < _AT_ONCE and size < _AT_ONCE_BYTES:
            name, copy = self._pending.popitem(last=False)
            taken[name] = copy
            size += _size(name, copy)
        self._pending_bytes -= size
        return taken

    async def _write(self, copies: Mapping[bytes, Copy]) -> None:
        """One round trip. What Redis does not take now it is not asked to take later."""
        taken = 0
        if self._redis is not None and self._policies.enabled:
            with contextlib.suppress(RedisAway):
                answers = await self._redis.ask_all([self._command(*one) for one in copies.items()])
                taken = answers.count(b"OK")
        self.written += taken
        self.dropped += len(copies) - taken

    def _command(self, name: bytes, copy: Copy) -> Command:
        factor = 1 - _JITTER + 2 * _JITTER * self._chance()
        return "SET", name, seal(name, copy.mark, copy.data), "PX", round(self._ttl * factor)


def _opened(name: bytes, envelope: Answer) -> Copy:
    if not isinstance(envelope, bytes):
        raise UnreadableCopy("kind")
    mark, data = unseal(name, envelope)
    return Copy(data, mark)


def _size(name: bytes, copy: Copy) -> int:
    return len(name) + len(copy.data)
