"""Discovery: how the service is, and how discovery works."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from google.protobuf.field_mask_pb2 import FieldMask

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_client import _requests
from modeldex_client._async.calling import AsyncCaller

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceAsyncStub


class AsyncDiscovery:
    """How the service is, and how discovery works. `timeout`, `reason` and `request_id` are as for models."""

    def __init__(self, caller: AsyncCaller, stub: DiscoveryServiceAsyncStub) -> None:
        self._caller = caller
        self._stub = stub

    async def status(self, *, timeout: float | None = None) -> pb.GetStatusResponse:
        """How discovery, its sources, the store and the replicas are.

        >>> status = await client.discovery.status()
        >>> status.storage.healthy, len(status.replicas)
        (True, 1)
        """
        return await self._caller.call(self._stub.GetStatus, pb.GetStatusRequest(), timeout)

    async def configuration(self, *, timeout: float | None = None) -> pb.GetConfigurationResponse:
        """The configuration in force, its version, and the fields that no call can change."""
        return await self._caller.call(self._stub.GetConfiguration, pb.GetConfigurationRequest(), timeout)

    async def update_configuration(
        self,
        configuration: pb.DiscoveryConfiguration,
        *,
        fields: Iterable[str] = (),
        expected_version: int | None = None,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.UpdateConfigurationResponse:
        """Changes the configuration for all replicas, at once and for good.

        Args:
            configuration: The new values.
            fields: The fields to change; all that are set in `configuration` unless told.
            expected_version: Change only if this is the current version.

        Raises:
            ConfigurationFixed: The server's environment or file sets one of the fields.
            VersionMismatch: expected_version is not the current version.

        >>> answer = await client.discovery.update_configuration(DiscoveryConfiguration(retry_attempts=5))
        >>> answer.configuration.retry_attempts
        5
        """
        request = pb.UpdateConfigurationRequest(
            configuration=configuration,
            update_mask=FieldMask(paths=fields),
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
            reason=reason,
        )
        return await self._caller.call(self._stub.UpdateConfiguration, request, timeout)

    async def start(
        self, reason: str = "", *, request_id: str | None = None, timeout: float | None = None
    ) -> pb.StartDiscoveryResponse:
        """Starts the refreshes at intervals, on all replicas and for good."""
        request = pb.StartDiscoveryRequest(reason=reason, request_id=_requests.request_id(request_id))
        return await self._caller.call(self._stub.StartDiscovery, request, timeout)

    async def stop(
        self, reason: str = "", *, request_id: str | None = None, timeout: float | None = None
    ) -> pb.StopDiscoveryResponse:
        """Stops the refreshes at intervals, on all replicas and for good. `providers.refresh` still works."""
        request = pb.StopDiscoveryRequest(reason=reason, request_id=_requests.request_id(request_id))
        return await self._caller.call(self._stub.StopDiscovery, request, timeout)
