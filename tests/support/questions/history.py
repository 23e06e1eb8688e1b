"""Questions to HistoryService."""

from __future__ import annotations

from google.protobuf.struct_pb2 import Value

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support.questions.words import OPEN, Questions

NO_ROLLBACK = "rb_00000000000000000000000000000000"


def _filters(name: str) -> list[history.ModelChangeFilter | None]:
    return [
        None,
        history.ModelChangeFilter(model_ids=[f"{name}/one", f"{OPEN}/one"]),
        history.ModelChangeFilter(provider_ids=[name]),
        history.ModelChangeFilter(principals=["root"]),
        history.ModelChangeFilter(change_classes=[history_pb2.CHANGE_CLASS_BREAKING]),
    ]


HISTORY: Questions = {
    "ListModelVersions": lambda name: [
        history.ListModelVersionsRequest(model_id=f"{name}/{model}", include_models=True)
        for model in ("one", "private-1")
    ],
    "GetModelVersion": lambda name: [
        history.GetModelVersionRequest(model_id=f"{name}/{model}", version=version)
        for model in ("one", "private-1")
        for version in (0, 1, 999_999)
    ],
    "CompareModelVersions": lambda name: [
        history.CompareModelVersionsRequest(model_id=f"{name}/{model}", from_version=1)
        for model in ("one", "private-1")
    ],
    "ListModelChanges": lambda name: [
        history.ListModelChangesRequest(filter=chosen, page_size=size) for chosen in _filters(name) for size in (0, 1)
    ],
    "GetVersionStats": lambda name: [
        history.GetVersionStatsRequest(),
        history.GetVersionStatsRequest(model_id=f"{name}/one"),
    ],
    "RequestRollback": lambda name: [
        history.RequestRollbackRequest(model_id=f"{name}/{model}", target_version=version, reason="Rights.")
        for model in ("one", "private-1")
        for version in (1, 999_999)
    ],
    "ApproveRollback": lambda _: [history.ApproveRollbackRequest(rollback_id=NO_ROLLBACK, diff_hash=bytes(32))],
    "RejectRollback": lambda _: [history.RejectRollbackRequest(rollback_id=NO_ROLLBACK, reason="Rights.")],
    "CancelRollback": lambda _: [history.CancelRollbackRequest(rollback_id=NO_ROLLBACK)],
    "GetRollback": lambda _: [history.GetRollbackRequest(rollback_id=NO_ROLLBACK)],
    "ListRollbacks": lambda name: [
        history.ListRollbacksRequest(),
        history.ListRollbacksRequest(model_id=f"{name}/one"),
        history.ListRollbacksRequest(requester="root", page_size=1),
    ],
    "PinModel": lambda name: [
        history.PinModelRequest(model_id=f"{name}/one", reason="Rights."),
        history.PinModelRequest(
            model_id=f"{name}/one",
            fields=[history.PinnedField(path="context_window", value=Value(number_value=1))],
            reason="Rights.",
        ),
        history.PinModelRequest(model_id=f"{name}/private-1", reason="Rights."),
    ],
    "UnpinModel": lambda name: [history.UnpinModelRequest(model_id=f"{name}/one")],
    "ListModelPins": lambda name: [
        history.ListModelPinsRequest(),
        history.ListModelPinsRequest(model_id=f"{name}/one"),
        history.ListModelPinsRequest(provider_id=name, page_size=1),
    ],
    "CleanupHistory": lambda name: [
        history.CleanupHistoryRequest(dry_run=True),
        history.CleanupHistoryRequest(model_id=f"{name}/one", dry_run=True),
        history.CleanupHistoryRequest(),
    ],
    "ListAuditEvents": lambda name: [
        history.ListAuditEventsRequest(principal="root"),
        history.ListAuditEventsRequest(principal="root", page_size=1),
        history.ListAuditEventsRequest(provider_id=name),
        history.ListAuditEventsRequest(resource=f"{name}/one"),
        history.ListAuditEventsRequest(methods=["SaveModel"], refused_only=True),
    ],
}
