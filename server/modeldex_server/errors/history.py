"""What history forbids, or does not have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


class VersionNotFound(ModeldexError):
    """The model has no such version."""

    reason = pb.ERROR_REASON_VERSION_NOT_FOUND

    def __init__(self, model_id: str, version: int, *, newest: int) -> None:
        super().__init__(
            f"Model {model_id} has no version {version}; its newest is {newest}.",
            model_id=model_id,
            version=version,
            newest_version=newest,
        )


class VersionPurged(ModeldexError):
    """The document of the version is not kept any more."""

    reason = pb.ERROR_REASON_VERSION_PURGED

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(
            f"The document of version {version} of {model_id} was purged; ListModelVersions names those that are kept.",
            model_id=model_id,
            version=version,
        )


class VersionIsDeletion(ModeldexError):
    """The version is a deletion: it has nothing to put back."""

    reason = pb.ERROR_REASON_VERSION_IS_DELETION

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(
            f"Version {version} of {model_id} is a deletion; name the one before it.",
            model_id=model_id,
            version=version,
        )


class FutureTime(ModeldexError):
    """There is nothing as of a time that is yet to come."""

    reason = pb.ERROR_REASON_FUTURE_TIME

    def __init__(self, time: datetime, now: datetime) -> None:
        super().__init__(
            f"{time.isoformat()} is yet to come: leave as_of out for what is current.",
            time=time.isoformat(),
            now=now.isoformat(),
        )


class RollbackNotFound(ModeldexError):
    """There is no such rollback."""

    reason = pb.ERROR_REASON_ROLLBACK_NOT_FOUND

    def __init__(self, rollback_id: str) -> None:
        super().__init__(
            f"There is no rollback {rollback_id}; ListRollbacks names those there are.", rollback_id=rollback_id
        )


class RollbackChangesNothing(ModeldexError):
    """The model is as the target says."""

    reason = pb.ERROR_REASON_ROLLBACK_CHANGES_NOTHING

    def __init__(self, model_id: str, *, target: int, current: int) -> None:
        super().__init__(
            f"{model_id} is as version {target} says already; PinModel holds it as it is.",
            model_id=model_id,
            target_version=target,
            current_version=current,
        )


class RollbackPending(ModeldexError):
    """Another rollback of the model waits for approval."""

    reason = pb.ERROR_REASON_ROLLBACK_PENDING

    def __init__(self, model_id: str, rollback_id: str) -> None:
        super().__init__(
            f"Rollback {rollback_id} of {model_id} waits for approval; decide on it or cancel it first.",
            model_id=model_id,
            rollback_id=rollback_id,
        )


class RollbackFinished(ModeldexError):
    """The rollback is finished."""

    reason = pb.ERROR_REASON_ROLLBACK_FINISHED

    def __init__(self, rollback_id: str, state: str) -> None:
        super().__init__(
            f"Rollback {rollback_id} is {state.lower()}: nothing can be decided any more. GetRollback shows how it "
            "ended, RequestRollback asks for another.",
            rollback_id=rollback_id,
            state=state,
        )


class RollbackStale(ModeldexError):
    """The model got another version since the rollback was requested."""

    reason = pb.ERROR_REASON_ROLLBACK_STALE

    def __init__(self, rollback_id: str, *, base: int, current: int) -> None:
        super().__init__(
            f"Rollback {rollback_id} was of version {base}, and the model is at {current} now: request it again.",
            rollback_id=rollback_id,
            state="STALE",
            base_version=base,
            current_version=current,
        )


class RollbackExpired(ModeldexError):
    """Nobody decided on the rollback in time."""

    reason = pb.ERROR_REASON_ROLLBACK_EXPIRED

    def __init__(self, rollback_id: str, expired_at: datetime) -> None:
        super().__init__(
            f"Rollback {rollback_id} expired at {expired_at.isoformat()}: request it again.",
            rollback_id=rollback_id,
            state="EXPIRED",
            expire_time=expired_at.isoformat(),
        )


class RollbackDiffMismatch(ModeldexError):
    """The approval names another diff."""

    reason = pb.ERROR_REASON_ROLLBACK_DIFF_MISMATCH

    def __init__(self, rollback_id: str) -> None:
        super().__init__(
            f"The approval names another diff than that of rollback {rollback_id}; look at it with GetRollback.",
            rollback_id=rollback_id,
        )


class RollbackDisabled(ModeldexError):
    """Rollbacks are switched off."""

    reason = pb.ERROR_REASON_ROLLBACK_DISABLED

    def __init__(self) -> None:
        super().__init__("Rollbacks are switched off: the server's owner sets history.rollback.enabled.")


class SelfApproval(ModeldexError):
    """Whoever asks for a rollback does not approve it."""

    reason = pb.ERROR_REASON_SELF_APPROVAL

    def __init__(self, rollback_id: str, principal: str) -> None:
        super().__init__(
            f"{principal} requested rollback {rollback_id}, so another principal has to approve it.",
            rollback_id=rollback_id,
            principal=principal,
        )


class NotRequester(ModeldexError):
    """Only the requester and an admin cancel a rollback."""

    reason = pb.ERROR_REASON_NOT_REQUESTER

    def __init__(self, rollback_id: str, principal: str, requester: str) -> None:
        super().__init__(
            f"{requester} requested rollback {rollback_id}: it or an admin can cancel it.",
            rollback_id=rollback_id,
            principal=principal,
            requester=requester,
        )


class NotListed(ModeldexError):
    """No source lists the model, so nothing would change what is pinned."""

    reason = pb.ERROR_REASON_NOT_LISTED

    def __init__(self, model_id: str) -> None:
        super().__init__(f"No source lists {model_id}, so no refresh changes it; SaveModel does.", model_id=model_id)


class NotPinned(ModeldexError):
    """The model has no such pin."""

    reason = pb.ERROR_REASON_NOT_PINNED

    def __init__(self, model_id: str, paths: Sequence[str]) -> None:
        named = ", ".join(path or "the whole model" for path in paths)
        super().__init__(
            f"{model_id} has no pin of {named}; ListModelPins names those it has."
            if paths
            else f"{model_id} has no pin.",
            model_id=model_id,
            paths=",".join(paths),
        )
