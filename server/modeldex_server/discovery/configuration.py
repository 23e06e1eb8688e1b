"""The configuration of discovery, and whether it runs: stored, so both hold for all replicas and survive restarts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.message import Message
from psycopg.rows import class_row

from modeldex.v1 import cache_service_pb2 as cache_api
from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import invalidation_pb2
from modeldex_server.cache.invalidation.recording import Attempt, Made, record
from modeldex_server.errors import ConfigurationFixed, RequestIdReused, VersionMismatch
from modeldex_server.ledger import statements
from modeldex_server.ledger.changes import RequestKey
from modeldex_server.security.origin import audited, carried_through, replayed
from modeldex_server.store.database import Connection, Database

_READ = "SELECT running, version, configuration FROM discovery_state"
_LOCK = "SELECT running, version, configuration FROM discovery_state FOR UPDATE"
_WRITE = """
UPDATE discovery_state SET running = %(running)s, version = %(version)s, configuration = %(configuration)s"""

_RESOURCE = "discovery"


def _defaults() -> api.DiscoveryConfiguration:
    configuration = api.DiscoveryConfiguration(
        max_concurrent_providers=8,
        retry_attempts=3,
        removal_threshold=2,
        cache_enabled=True,
        notifications_enabled=True,
    )
    configuration.refresh_interval.FromTimedelta(timedelta(hours=1))
    configuration.provider_timeout.FromTimedelta(timedelta(seconds=60))
    configuration.retry_delay.FromTimedelta(timedelta(milliseconds=500))
    configuration.cache_ttl.FromTimedelta(timedelta(minutes=10))
    return configuration


@dataclass(frozen=True, slots=True)
class StateRow:
    """The stored state. `configuration` holds the fields that a call has set."""

    running: bool
    version: int
    configuration: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """A call that changes the state: who, what, why, and its request_id."""

    principal: str
    method: str
    reason: str
    request: RequestKey | None


class DiscoveryState:
    """Reads and changes the stored state. `fixed` are the fields that the server's owner sets: they win."""

    def __init__(self, database: Database, fixed: api.DiscoveryConfiguration, fixed_fields: Sequence[str]) -> None:
        self._database = database
        self._fixed = fixed
        self.fixed_fields = sorted(fixed_fields)
        self.on_write: Callable[[StateRow], None] = lambda _: None  # told what a call has stored, once it is committed

    async def read(self) -> StateRow:
        """The stored state.

        Raises:
            StoreUnavailable.
        """
        return (await self._database.rows(StateRow, _READ))[0]

    def in_force(self, state: StateRow) -> api.DiscoveryConfiguration:
        """The configuration in force: defaults, under what calls have set, under what the owner fixes."""
        configuration = _defaults()
        _overlay(configuration, api.DiscoveryConfiguration.FromString(state.configuration))
        _copy_fields(self._fixed, configuration, self.fixed_fields)
        return configuration

    async def update(
        self, wanted: api.DiscoveryConfiguration, fields: Sequence[str], expected: int | None, change: Change
    ) -> api.UpdateConfigurationResponse:
        """Set some fields for all replicas.

        Raises:
            ConfigurationFixed: the owner sets one of the fields.
            VersionMismatch, RequestIdReused, StoreUnavailable.
        """
        if taken := sorted(set(fields) & set(self.fixed_fields)):
            raise ConfigurationFixed(taken)

        def decide(state: StateRow) -> tuple[StateRow, Message]:
            if expected is not None and expected != state.version:
                raise VersionMismatch("The configuration", expected=expected, current=state.version)
            stored = api.DiscoveryConfiguration.FromString(state.configuration)
            _copy_fields(wanted, stored, fields)
            data = stored.SerializeToString(deterministic=True)
            version = state.version + (data != state.configuration)
            new = StateRow(state.running, version, data)
            return new, api.UpdateConfigurationResponse(configuration=self.in_force(new), version=version)

        return api.UpdateConfigurationResponse.FromString(await self._change(decide, change))

    async def set_running(self, running: bool, change: Change) -> bytes:
        """Start or stop the refreshes at intervals, on all replicas.

        Returns: the answer of the first time, where this request was done before; else nothing.

        Raises:
            RequestIdReused, StoreUnavailable.
        """

        def decide(state: StateRow) -> tuple[StateRow, Message]:
            return StateRow(running, state.version, state.configuration), api.StartDiscoveryResponse()

        return await self._change(decide, change)

    async def _change(self, decide: Callable[[StateRow], tuple[StateRow, Message]], change: Change) -> bytes:
        return await carried_through(change.principal, self._write(decide, change))

    async def _write(self, decide: Callable[[StateRow], tuple[StateRow, Message]], change: Change) -> bytes:
        async with self._database.connection() as connection, connection.transaction():
            cursor = connection.cursor(row_factory=class_row(StateRow))
            state = await (await cursor.execute(_LOCK)).fetchone()
            assert state is not None  # the migration made the row
            if change.request and (answer := await _answered_before(connection, change)) is not None:
                replayed(change.principal)
                return answer
            new, message = decide(state)
            answer = message.SerializeToString()
            if new != state:
                values = {"running": new.running, "version": new.version, "configuration": new.configuration}
                await connection.execute(_WRITE, values)
            await _record(connection, change, answer, state, new)
            if new.version != state.version:
                await record(connection, [_trigger(change, new)])
        audited(change.principal)
        self.on_write(new)
        return answer


async def _answered_before(connection: Connection, change: Change) -> bytes | None:
    assert change.request is not None
    cursor = connection.cursor(row_factory=class_row(statements.RequestRow))
    key = {"principal": change.principal, "request_id": change.request.request_id}
    row = await (await cursor.execute(statements.REQUEST, key)).fetchone()
    if row is None:
        return None
    if row.payload_hash != change.request.payload_hash:
        raise RequestIdReused(change.request.request_id)
    return row.answer


async def _record(connection: Connection, change: Change, answer: bytes, old: StateRow, new: StateRow) -> None:
    parameters = statements.audit_parameters(
        principal=change.principal,
        method=change.method,
        resource=_RESOURCE,
        request_id=change.request.request_id if change.request else "",
        outcome="changed" if new != old else "unchanged",
        before=old.version,
        after=new.version,
        reason=change.reason,
    )
    await connection.execute(statements.AUDIT, parameters)
    if change.request:
        stored = {"payload_hash": change.request.payload_hash, "answer": answer}
        await connection.execute(
            statements.ANSWER, parameters | stored | {"answer_model": None, "answer_version": None}
        )


def _trigger(change: Change, new: StateRow) -> Made:
    """A change of the configuration as rules of the cache can answer to it: an invalidation of nothing."""
    request = cache_api.InvalidateRequest(reason=invalidation_pb2.INVALIDATION_REASON_CONFIGURATION_CHANGE)
    request.context.update({"version": new.version})
    return Made(Attempt(request, change.principal), 0)


def _overlay(target: api.DiscoveryConfiguration, other: api.DiscoveryConfiguration) -> None:
    _copy_fields(other, target, [field.name for field, _ in other.ListFields()])


def _copy_fields(source: api.DiscoveryConfiguration, target: api.DiscoveryConfiguration, fields: Sequence[str]) -> None:
    for name in fields:
        value = getattr(source, name)
        if isinstance(value, Message):
            getattr(target, name).CopyFrom(value)
        else:
            setattr(target, name, value)
