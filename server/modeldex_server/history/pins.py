"""Pinning and unpinning models by callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue.pinning import drift, held, pinned_as, with_new
from modeldex_server.catalogue.saving import request_key
from modeldex_server.catalogue.upstream import Upstream, upstream_of
from modeldex_server.errors import (
    InvalidRequest,
    ModelNotFound,
    NotListed,
    NotPinned,
    VersionMismatch,
    Violation,
)
from modeldex_server.history.pin_values import paths_of, refuse_secrets, with_values
from modeldex_server.history.unpinning import PinMoment, held_again, told, unpinned
from modeldex_server.ledger.changes import Committed, Decide, Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import decode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.secret_paths import SecretPaths

MOST_PINS = 200  # of a model

# What is wrong with a document.
Problems = Callable[[model_pb2.Model], Sequence[Violation]]


class Pins:
    """Sets and ends pins. Each call is one revision, and a version of its model also where the document stays equal."""

    def __init__(self, ledger: Ledger, upstream: Upstream, secret_paths: SecretPaths, problems: Problems) -> None:
        """`secret_paths`: what metadata must not have; `problems`: how a model that a caller saves is checked."""
        self._ledger = ledger
        self._upstream = upstream
        self._secret_paths = secret_paths
        self._problems = problems

    async def pin(self, request: api.PinModelRequest, *, by: str, timeout: float | None) -> Committed:
        """Pin a model whole or in parts.

        Raises:
            InvalidRequest: a value is secret or makes no good model, or the pin would end before now.
            ModelNotFound, NotListed, VersionMismatch, and what Ledger.write raises.
        """
        refuse_secrets(self._secret_paths, request.fields)
        sources = await self._upstream.sources()
        moment = PinMoment(request.model_id)

        def decide(heads: Mapping[str, Head]) -> Decision:
            head = _live(heads, request.model_id)
            _check_version(head, request)
            served = decode(head.document or b"")
            if not (served.listed_by or head.pins):
                raise NotListed(head.id)
            if request.HasField("expire_time") and request.expire_time.ToDatetime(UTC) <= moment.now:
                raise InvalidRequest([Violation("expire_time", "must be later than now")])
            document = self._with_values(served, request.fields)
            new = [_pin(path, document, request, by) for path in paths_of(request.fields)]
            pins = with_new(head.pins, new)
            if len(pins) > MOST_PINS:
                raise InvalidRequest([Violation("fields", f"would give the model more than {MOST_PINS} pins")])
            events = [told(head.id, new, "pin", by), drift(document, upstream_of(head, sources), pins)]
            return Decision(
                models=[ModelChange(head.id, Operation.PIN, document, head.private, pins)],
                events=[event for event in events if event is not None],
                answer=api.PinModelResponse(pins=listed(head, pins)),
            )

        return await self._write("PinModel", request, decide, moment, by=by, timeout=timeout)

    async def unpin(self, request: api.UnpinModelRequest, *, by: str, timeout: float | None) -> Committed:
        """End pins of a model.

        Raises:
            ModelNotFound, NotPinned, VersionMismatch, and what Ledger.write raises.
        """
        sources = await self._upstream.sources()
        moment = PinMoment(request.model_id)

        def decide(heads: Mapping[str, Head]) -> Decision:
            head = _live(heads, request.model_id)
            _check_version(head, request)
            ending = _named(head, request.paths)
            upstream = upstream_of(head, sources)
            change = unpinned(head, ending, upstream, moment.held_whole, publish_saved=True)
            events = [told(head.id, ending, "unpin", by), *held_again(head, change, ending, upstream)]
            answer = api.UnpinModelResponse(pins=listed(head, change.pins))
            if change.document is not None:
                answer.model.id = head.id  # the rest of it stands in its version
            return Decision(models=[change], events=events, answer=answer)

        return await self._write("UnpinModel", request, decide, moment, by=by, timeout=timeout)

    def _with_values(self, served: model_pb2.Model, fields: Sequence[api.PinnedField]) -> model_pb2.Model:
        """The document with the values that were given. Raises InvalidRequest where it breaks a rule that it kept."""
        if not any(one.HasField("value") for one in fields):
            return served
        document = with_values(served, fields)
        known = set(self._problems(served))
        broken = [problem for problem in self._problems(document) if problem not in known]
        if broken:
            raise InvalidRequest([Violation("fields", f"{one.field} {one.description}") for one in broken])
        return document

    async def _write(
        self,
        method: str,
        request: api.PinModelRequest | api.UnpinModelRequest,
        decide: Decide,
        moment: PinMoment,
        *,
        by: str,
        timeout: float | None,
    ) -> Committed:
        return await self._ledger.write(
            Write(
                principal=by,
                method=method,
                resource=request.model_id,
                model_ids=[request.model_id],
                decide=decide,
                reason=request.reason,
                request=request_key(request, request.request_id),
                with_listings=True,
                beside=moment,
                timeout=timeout,
            )
        )


def listed(head: Head, pins: Sequence[ModelPin]) -> list[ModelPin]:
    """Pins as an answer shows them; new ones with the version that they come with."""
    shown = []
    for pin in sorted(pins, key=lambda pin: pin.path):
        one = ModelPin(model_id=head.id, version=head.version + 1)
        one.MergeFrom(pin)
        shown.append(one)
    return shown


def _pin(path: str, document: model_pb2.Model, request: api.PinModelRequest, by: str) -> ModelPin:
    return ModelPin(
        path=path,
        facts=held(document, path) if path else (),
        principal=by,
        reason=request.reason,
        expire_time=request.expire_time if request.HasField("expire_time") else None,
    )


def _named(head: Head, paths: Sequence[str]) -> list[ModelPin]:
    """The pins with these paths, or all. Raises NotPinned."""
    wanted = {pinned_as(path) for path in paths}
    if missing := sorted(wanted - {pin.path for pin in head.pins}):
        raise NotPinned(head.id, missing)
    if not head.pins:
        raise NotPinned(head.id, [])
    return [pin for pin in head.pins if not wanted or pin.path in wanted]


def _live(heads: Mapping[str, Head], model_id: str) -> Head:
    head = heads.get(model_id)
    if head is None or not head.live:
        raise ModelNotFound(model_id, deleted=head is not None)
    return head


def _check_version(head: Head, request: api.PinModelRequest | api.UnpinModelRequest) -> None:
    if request.HasField("expected_version") and request.expected_version != head.version:
        raise VersionMismatch(f"Model {head.id}", expected=request.expected_version, current=head.version)
