"""What a history tells, made up."""

from __future__ import annotations

from typing import Any

from google.protobuf.json_format import ParseDict

from modeldex.v1.history_pb2 import ModelDiff, ModelVersion, Rollback
from modeldex.v1.update_pb2 import FieldChange

_KINDS = {"capabilities": "CAPABILITY", "tags": "METADATA", "metadata": "METADATA"}


def change(path: str, old: Any = None, new: Any = None) -> FieldChange:
    """A difference; None is absent."""
    operation = "ADDED" if old is None else "REMOVED" if new is None else "REPLACED"
    fields = {"path": path, "operation": f"FIELD_CHANGE_OPERATION_{operation}"}
    fields["kind"] = f"FIELD_CHANGE_KIND_{_KINDS.get(path.partition('[')[0], 'PROPERTY')}"
    values = {name: value for name, value in (("oldValue", old), ("newValue", new)) if value is not None}
    made: FieldChange = ParseDict(fields | values, FieldChange())
    return made


def version(number: int, operation: str, *changes: FieldChange, **fields: Any) -> ModelVersion:
    """A version of acme/one of the 22nd, a minute a number; its input costs USD for a million tokens."""
    said = {
        "modelId": "acme/one",
        "version": str(number),
        "createTime": f"2026-11-22T12:{number:02}:00Z",
        "operation": f"MODEL_VERSION_OPERATION_{operation}",
        "principal": "dana",
        "model": {"id": "acme/one", "prices": {"input": {"amount": "3", "unit": "PRICE_UNIT_MILLION_TOKENS"}}},
    }
    made: ModelVersion = ParseDict(said | fields, ModelVersion())
    made.changes.extend(changes)
    return made


DIFF = {
    "modelId": "acme/one",
    "fromVersion": "3",
    "toVersion": "4",
    "entries": [
        {
            "change": {
                "path": "context_window",
                "operation": "FIELD_CHANGE_OPERATION_REPLACED",
                "oldValue": 128000,
                "newValue": 200000,
            },
            "changeClass": "CHANGE_CLASS_COMPATIBLE",
            "ruleId": "other",
            "impact": "CHANGE_IMPACT_LOW",
        },
        {
            "change": {
                "path": 'prices["input"].amount',
                "operation": "FIELD_CHANGE_OPERATION_REPLACED",
                "oldValue": "2.5",
                "newValue": "3",
            },
            "changeClass": "CHANGE_CLASS_BREAKING",
            "ruleId": "price-raised",
            "impact": "CHANGE_IMPACT_HIGH",
        },
        {
            "change": {
                "path": 'tags["fast"]',
                "operation": "FIELD_CHANGE_OPERATION_REMOVED",
                "oldValue": "fast",
            },
            "changeClass": "CHANGE_CLASS_COSMETIC",
            "ruleId": "words",
            "impact": "CHANGE_IMPACT_LOW",
        },
    ],
    "summary": {
        "totalCount": 3,
        "breakingCount": 1,
        "compatibleCount": 1,
        "cosmeticCount": 1,
        "impact": "CHANGE_IMPACT_HIGH",
    },
    "hash": "qg==",
}


def diff() -> ModelDiff:
    """One that breaks, one that does not, one of words."""
    made: ModelDiff = ParseDict(DIFF, ModelDiff())
    return made


def rollback(state: str, **fields: Any) -> Rollback:
    """A rollback from version 4 of acme/one to version 3, which needs two approvals and has one."""
    said = {
        "id": "rb_1",
        "modelId": "acme/one",
        "targetVersion": "3",
        "baseVersion": "4",
        "state": f"ROLLBACK_STATE_{state}",
        "requester": "dana",
        "reason": "the list is wrong",
        "diff": DIFF,
        "requiredApprovals": 2,
        "decisions": [
            {"principal": "erin", "approved": True, "comment": "seen", "time": "2026-11-22T12:00:00Z"},
        ],
        "createTime": "2026-11-22T11:01:00Z",
        "expireTime": "2026-11-25T12:01:00Z",
        "pinDuration": "604800s",
    }
    made: Rollback = ParseDict(said | fields, Rollback())
    return made
