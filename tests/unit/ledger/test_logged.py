"""Events put together from stored bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import canonical, encode, stamp
from modeldex_server.ledger.events import KINDS
from modeldex_server.ledger.logged import LoggedEvent
from support.models import models

MOMENT = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def event(before: model_pb2.Model | None, after: model_pb2.Model | None) -> LoggedEvent:
    """Version 8 of a model, as it is read."""
    both = before is not None and after is not None
    changes = pb.ModelUpdate(changes=diff.diff(before, after)).SerializeToString() if both else b""
    kind = pb.MODEL_UPDATE_TYPE_UPDATED if both else (pb.MODEL_UPDATE_TYPE_ADDED if after else 3)
    return LoggedEvent(
        epoch=UUID(int=1), head=12, compacted=3, revision=10, ordinal=4, kind=KINDS["model"], type=kind,
        provider_id="acme", model_id="acme/one", version=8, external=False, body=None, previous_version=7,
        committed_at=MOMENT, principal="ann", source_id="", reason="why", after_document=_data(after),
        created_at=MOMENT - timedelta(days=3) if after else None, stored_changes=changes,
        before_document=_data(before), before_revision=9, before_created_at=MOMENT - timedelta(days=3),
        before_committed_at=MOMENT - timedelta(days=1),
    )  # fmt: skip


def _data(document: model_pb2.Model | None) -> bytes | None:
    return None if document is None else encode(document)


def whole(document: model_pb2.Model, version: int, revision: int, updated: datetime) -> model_pb2.Model:
    model = model_pb2.Model(version=version, revision=revision)
    model.MergeFrom(document)
    model.create_time.FromDatetime(MOMENT - timedelta(days=3))
    model.update_time.FromDatetime(updated)
    return model


documents = st.none() | models().map(canonical)


@given(documents, documents, st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_the_bytes_are_those_of_the_message(
    before: model_pb2.Model | None, after: model_pb2.Model | None, wanted: tuple[bool, bool, bool]
) -> None:
    """whole events: before, after and changes are each there where asked for and nowhere else, and the same as if the
    message had been made field by field."""
    with_before, with_after, with_changes = wanted
    read = event(before, after)
    told = pb.UpdateEvent.FromString(read.update_event(with_before, with_after, with_changes))
    changes = diff.diff(before, after) if before is not None and after is not None else []
    expected = pb.UpdateEvent(
        revision=10,
        ordinal=4,
        principal="ann",
        reason="why",
        change_kinds=sorted({change.kind for change in changes}),
        model=pb.ModelUpdate(
            type=read.type,  # type: ignore[arg-type] # a number of the enum
            model_id="acme/one",
            provider_id="acme",
            version=8,
            previous_version=7,
            before=whole(before, 7, 9, MOMENT - timedelta(days=1)) if before is not None and with_before else None,
            after=whole(after, 8, 10, MOMENT) if after is not None and with_after else None,
            changes=changes if with_changes else [],
        ),
    )
    expected.time.FromDatetime(MOMENT)
    assert told == expected


@given(documents, documents)
def test_models_are_parsed_where_they_are_looked_at(
    before: model_pb2.Model | None, after: model_pb2.Model | None
) -> None:
    """whole events: filters see the same models as streams send, also after they were forgotten."""
    read = event(before, after)
    sent = pb.UpdateEvent.FromString(read.update_event()).model
    for _ in range(2):
        assert read.model_before() == (sent.before if before is not None else None)
        assert read.model_after() == (sent.after if after is not None else None)
        assert read.model_after() is read.model_after()
        assert list(read.message().changes) == list(sent.changes)
        read.forget()


@pytest.mark.parametrize("wanted", [(True, True, True), (False, True, False), (True, False, True)])
def test_parts_of_a_published_update_are_left_out_as_well(wanted: tuple[bool, bool, bool]) -> None:
    """external updates: a stream that wants neither before, after nor changes gets none of a published update."""
    update = pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id="acme/one", provider_id="acme")
    update.before.id, update.after.id = "acme/one", "acme/one"
    update.changes.add(path="tags", kind=pb.FIELD_CHANGE_KIND_METADATA)
    read = replace(
        event(None, None),
        external=True,
        version=0,
        previous_version=0,
        body=update.SerializeToString(),
        type=update.type,
    )
    told = pb.UpdateEvent.FromString(read.update_event(*wanted))
    assert (told.model.HasField("before"), told.model.HasField("after"), bool(told.model.changes)) == wanted
    assert (told.external, list(told.change_kinds)) == (True, [pb.FIELD_CHANGE_KIND_METADATA])
    assert read.model_before() == update.before
    assert read.model_after() == update.after


def test_that_a_provider_came_needs_no_body() -> None:
    """whole events: what the store counts by itself is told like any other update."""
    kind = KINDS["provider"]
    read = replace(
        event(None, None), kind=kind, type=1, model_id="", version=0, previous_version=0, stored_changes=None
    )
    told = pb.UpdateEvent.FromString(read.update_event())
    assert told.provider == read.message() == pb.ProviderUpdate(type=1, provider_id="acme")  # type: ignore[arg-type]
    assert (read.model_before(), read.model_after(), read.change_kinds) == (None, None, [])


@given(moments)
def test_a_moment_is_a_timestamp(moment: datetime) -> None:
    """whole events: times are exact."""
    expected = Timestamp()
    expected.FromDatetime(moment)
    assert stamp(moment) == expected
