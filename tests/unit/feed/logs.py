"""Revisions for the tests of this folder, as the log gives them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.feed.encoding import Selection
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import encode
from modeldex_server.ledger.events import KINDS
from modeldex_server.ledger.log import Revision
from modeldex_server.ledger.logged import LoggedEvent, LogRow
from modeldex_server.security.scope import EVERYTHING, Scope

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = UUID(int=1)
ALL_KINDS = frozenset(KINDS.values())


def change(
    revision: int,
    model_id: str = "acme/one",
    before: str | None = "old",
    after: str | None = "new",
    *,
    ordinal: int = 0,
    version: int = 2,
    principal: str = "ann",
) -> LoggedEvent:
    """A model whose name was changed; None: there is no model on that side."""
    sides = [None if name is None else model_pb2.Model(id=model_id, display_name=name) for name in (before, after)]
    type_ = pb.MODEL_UPDATE_TYPE_UPDATED
    if before is None:
        type_ = pb.MODEL_UPDATE_TYPE_ADDED
    elif after is None:
        type_ = pb.MODEL_UPDATE_TYPE_REMOVED
    changes = b""
    if sides[0] is not None and sides[1] is not None:
        changes = pb.ModelUpdate(changes=diff.diff(sides[0], sides[1])).SerializeToString()
    documents = [None if side is None else encode(side) for side in sides]
    return LoggedEvent(
        epoch=EPOCH, head=revision, compacted=0, revision=revision, ordinal=ordinal, kind=KINDS["model"], type=type_,
        provider_id="acme", model_id=model_id, version=version, external=False, body=None,
        previous_version=version - 1, committed_at=MOMENT, principal=principal, source_id="", reason="",
        after_document=documents[1], created_at=MOMENT if documents[1] else None, stored_changes=changes,
        before_document=documents[0], before_revision=1, before_created_at=MOMENT, before_committed_at=MOMENT,
    )  # fmt: skip


def revision(number: int, events: int = 1, name: str = "new") -> Revision[LoggedEvent]:
    """A revision in which so many models got a name."""
    return Revision(number, [change(number, f"acme/model-{at}", after=name, ordinal=at) for at in range(events)])


def thin(number: int) -> list[LogRow]:
    """A revision as it is read while nobody watches."""
    return [LogRow(EPOCH, number, 0, number, 0, KINDS["model"], 2, "acme", "acme/one", 2, False, None, MOMENT)]


def named(*names: str) -> condition_pb2.EventFilter:
    """Models of any of these names."""
    wanted = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_MODEL, join=condition_pb2.CONDITION_JOIN_OR)
    for name in names:
        one = wanted.conditions.add(field="display_name", operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
        one.value.string_value = name
    return wanted


def selection(*filters: condition_pb2.EventFilter, coalesced: bool = False, scope: Scope = EVERYTHING) -> Selection:
    """What a stream wants."""
    return Selection(kinds=ALL_KINDS, filter=UpdateFilter(filters), scope=scope, coalesced=coalesced)
