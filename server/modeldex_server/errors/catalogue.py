"""What the state of the catalogue forbids."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


class ModelNotFound(ModeldexError):
    """There is no such model, or it was deleted."""

    reason = pb.ERROR_REASON_MODEL_NOT_FOUND

    def __init__(self, model_id: str, *, deleted: bool = False, as_of: int | None = None) -> None:
        """`as_of`: the revision, where the past was asked for."""
        shown = model_id if len(model_id) <= 200 else model_id[:200] + "..."
        then: dict[str, object] = {} if as_of is None else {"as_of_revision": as_of}
        if as_of is not None:
            then_so = f"model {shown} was deleted" if deleted else f"there was no model {shown}"
            message = f"As of revision {as_of} {then_so}; ListModelVersions says when there was one."
        elif deleted:
            message = f"Model {shown} was deleted; UndeleteModel brings a private model back."
        else:
            message = f"There is no model {shown}; ListModels with a query finds ids."
        super().__init__(message, model_id=shown, state="deleted" if deleted else "unknown", **then)


class ProviderNotFound(ModeldexError):
    """No source knows such a provider."""

    reason = pb.ERROR_REASON_PROVIDER_NOT_FOUND

    def __init__(self, provider_id: str) -> None:
        super().__init__(
            f"No source knows a provider {provider_id}; ListProviders names those known.", provider_id=provider_id
        )


class VersionMismatch(ModeldexError):
    """expected_version is not the current version."""

    reason = pb.ERROR_REASON_VERSION_MISMATCH

    def __init__(self, subject: str, *, expected: int, current: int) -> None:
        super().__init__(
            f"{subject} is at version {current}, not {expected}: read it again and decide anew.",
            subject=subject,
            expected_version=expected,
            current_version=current,
        )


class RequestIdReused(ModeldexError):
    """The request_id came before with another request."""

    reason = pb.ERROR_REASON_REQUEST_ID_REUSED

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"The request_id {request_id} was used before with another request; a new request needs a new one.",
            request_id=request_id,
        )


class ManagedBySource(ModeldexError):
    """A source lists the model, so no caller may write it."""

    reason = pb.ERROR_REASON_MANAGED_BY_SOURCE

    def __init__(self, model_id: str, source_ids: Sequence[str]) -> None:
        names = ", ".join(source_ids)
        super().__init__(
            f"Model {model_id} is listed by {names} and cannot be written: PinModel holds facts of it, or save under "
            "an id that no source lists.",
            model_id=model_id,
            source_ids=",".join(source_ids),
        )


class BenchmarksDisabled(ModeldexError):
    """Benchmarks are switched off."""

    reason = pb.ERROR_REASON_BENCHMARKS_DISABLED

    def __init__(self, model_id: str) -> None:
        super().__init__("This server has benchmarks switched off.", model_id=model_id)


class ModelNotDeleted(ModeldexError):
    """There is nothing to undelete."""

    reason = pb.ERROR_REASON_MODEL_NOT_DELETED

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(
            f"Model {model_id} is not deleted: it is served at version {version}.", model_id=model_id, version=version
        )


class ConfigurationFixed(ModeldexError):
    """The environment or a file sets the value."""

    reason = pb.ERROR_REASON_CONFIGURATION_FIXED

    def __init__(self, fields: Sequence[str]) -> None:
        names = ", ".join(fields)
        super().__init__(
            f"The server's environment or file sets {names}; change it there, or take it out there first.",
            fields=",".join(fields),
        )
