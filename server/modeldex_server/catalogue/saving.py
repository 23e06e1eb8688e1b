"""Saving, deleting and undeleting private models."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue import facts
from modeldex_server.errors import (
    InvalidRequest,
    ManagedBySource,
    ModelNotDeleted,
    ModelNotFound,
    VersionMismatch,
    Violation,
)
from modeldex_server.ledger.changes import Committed, Decide, Decision, Head, ModelChange, Operation, RequestKey, Write
from modeldex_server.ledger.documents import canonical, decode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.secret_paths import SecretPaths

NOT_HERE = "is declared secret, and history keeps every version in the clear: set it as an entry of the cache instead"


class Saver:
    """Writes private models. Each call is one revision, or none where it changes nothing."""

    def __init__(self, ledger: Ledger, secret_paths: SecretPaths) -> None:
        """`secret_paths`: what the metadata of a model must not have."""
        self._ledger = ledger
        self._secret_paths = secret_paths

    async def save(self, request: api.SaveModelRequest, *, by: str, timeout: float | None) -> Committed:
        """Create a model or replace its document whole.

        Raises:
            InvalidRequest: it has something secret.
            ManagedBySource, VersionMismatch, and what Ledger.write raises.
        """
        if found := self._secret_paths.found(request.model.metadata):
            raise InvalidRequest([Violation(f"model.metadata.{path}", NOT_HERE) for path in found])
        document = _document(request.model)
        expected = request.expected_version if request.HasField("expected_version") else None

        def decide(heads: Mapping[str, Head]) -> Decision:
            head = heads[document.id]
            _check_version(head, expected)
            _check_not_managed(head, live_only=True)
            change = ModelChange(document.id, _save_operation(head), document, private=True)
            changed = not (head.live and head.private) or document != _parsed(head)
            return Decision(models=[change], answer=api.SaveModelResponse(changed=changed))

        return await self._write("SaveModel", document.id, decide, request, by=by, timeout=timeout, create=True)

    async def delete(self, request: api.DeleteModelRequest, *, by: str, timeout: float | None) -> Committed:
        """Delete a model.

        Raises:
            ModelNotFound, ManagedBySource, VersionMismatch, and what Ledger.write raises.
        """
        expected = request.expected_version if request.HasField("expected_version") else None

        def decide(heads: Mapping[str, Head]) -> Decision:
            head = _existing(heads, request.id)
            if not head.live:
                raise ModelNotFound(request.id, deleted=True)
            _check_not_managed(head, live_only=True)
            _check_version(head, expected)
            change = ModelChange(request.id, Operation.DELETE, None, private=True)
            return Decision(models=[change], answer=api.DeleteModelResponse(version=head.version + 1))

        return await self._write("DeleteModel", request.id, decide, request, by=by, timeout=timeout)

    async def undelete(self, request: api.UndeleteModelRequest, *, by: str, timeout: float | None) -> Committed:
        """Bring a deleted model back as it was.

        Raises:
            ModelNotFound, ModelNotDeleted, ManagedBySource, VersionMismatch, and what Ledger.write raises.
        """
        expected = request.expected_version if request.HasField("expected_version") else None

        def decide(heads: Mapping[str, Head]) -> Decision:
            head = _existing(heads, request.id)
            if head.live:
                raise ModelNotDeleted(request.id, head.version)
            _check_not_managed(head, live_only=False)
            _check_version(head, expected)
            change = ModelChange(request.id, Operation.UNDELETE, _parsed(head), private=True)
            return Decision(models=[change], answer=api.UndeleteModelResponse())

        return await self._write("UndeleteModel", request.id, decide, request, by=by, timeout=timeout)

    async def _write(
        self,
        method: str,
        model_id: str,
        decide: Decide,
        request: api.SaveModelRequest | api.DeleteModelRequest | api.UndeleteModelRequest,
        *,
        by: str,
        timeout: float | None,
        create: bool = False,
    ) -> Committed:
        return await self._ledger.write(
            Write(
                principal=by,
                method=method,
                resource=model_id,
                model_ids=[model_id],
                decide=decide,
                reason=request.reason,
                request=request_key(request, request.request_id),
                create=create,
                timeout=timeout,
            )
        )


def request_key(request: Message, request_id: str) -> RequestKey | None:
    """What makes a request one that is done once; None where its caller gave no request_id."""
    if not request_id:
        return None
    content = request.DESCRIPTOR.full_name.encode() + b"\0" + request.SerializeToString(deterministic=True)
    return RequestKey(request_id, blake2b(content, digest_size=16).digest())


def _document(model: pb.Model) -> pb.Model:
    document = canonical(model)
    document.ClearField("listed_by")
    document.ClearField("unlisted")
    facts.attribute(document, facts.PRIVATE)
    return document


def _save_operation(head: Head) -> Operation:
    if head.version == 0:
        return Operation.CREATE
    return Operation.UPDATE if head.live else Operation.UNDELETE


def _existing(heads: Mapping[str, Head], model_id: str) -> Head:
    head = heads.get(model_id)
    if head is None:
        raise ModelNotFound(model_id)
    return head


def _check_version(head: Head, expected: int | None) -> None:
    if expected is not None and expected != head.version:
        raise VersionMismatch(f"Model {head.id}", expected=expected, current=head.version)


def _check_not_managed(head: Head, *, live_only: bool) -> None:
    if head.document is None or (live_only and not head.live):
        return
    if listed_by := decode(head.document).listed_by:
        raise ManagedBySource(head.id, list(listed_by))


def _parsed(head: Head) -> pb.Model:
    return decode(head.document or b"")
