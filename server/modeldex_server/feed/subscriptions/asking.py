"""What a subscription asks for, as the selection of its streams."""

from __future__ import annotations

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.subscriptions.records import SubscriptionRow
from modeldex_server.feed.watching import selection_of
from modeldex_server.ledger.events import KINDS
from modeldex_server.security.scope import Scope

_KINDS = {
    pb.SUBSCRIPTION_TYPE_ALL_UPDATES: frozenset(KINDS.values()),
    pb.SUBSCRIPTION_TYPE_MODEL_UPDATES: frozenset({KINDS["model"]}),
    pb.SUBSCRIPTION_TYPE_PROVIDER_UPDATES: frozenset({KINDS["provider"]}),
    pb.SUBSCRIPTION_TYPE_CAPABILITY_UPDATES: frozenset({KINDS["capability"]}),
}


def asked_by(row: SubscriptionRow, scope: Scope) -> Selection:
    """The selection of a subscription for who may see so much. With `models`, no updates of other kinds come."""
    wanted = row.wanted()
    kind = pb.SUBSCRIPTION_TYPE_MODEL_UPDATES if wanted.HasField("models") else row.type
    return selection_of(wanted, _KINDS[pb.SubscriptionType.ValueType(kind)], scope)
