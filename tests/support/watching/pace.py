"""Validators of how updates come: in batches, and joined."""

from __future__ import annotations

from modeldex.v1 import update_pb2 as pb
from support.watching.streams import Messages, place


def check_batched(messages: Messages, *, events: int, size: int) -> None:
    """batches: no message has more updates or bytes than asked for, but for one that brings a single revision."""
    for message in messages:
        if len({update.revision for update in message.updates}) > 1:
            assert len(message.updates) <= events, f"{len(message.updates)} updates in one message"
            taken = sum(update.ByteSize() for update in message.updates)
            assert taken <= size, f"{taken} bytes of updates in one message"


def check_coalesced(messages: Messages) -> None:
    """coalescing: no model twice in a message; each update begins where the last one of its model ended, but for one
    that enters, of which nothing was told while it was outside."""
    known: dict[str, int] = {}
    for message in messages:
        told = [one for one in message.updates if one.HasField("model") and not one.external]
        ids = [one.model.model_id for one in told]
        assert len(ids) == len(set(ids)), "a model twice in a message"
        for one in told:
            before = known.get(one.model.model_id, one.model.previous_version)
            enters = one.transition == pb.UPDATE_TRANSITION_ENTERED
            begins = one.model.previous_version >= before if enters else one.model.previous_version == before
            assert begins, f"{place(one)}: {before}, then after {one.model.previous_version}"
            assert one.model.version > one.model.previous_version, f"{place(one)} goes back"
            known[one.model.model_id] = one.model.version
