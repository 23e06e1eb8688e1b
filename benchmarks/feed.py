"""The feed under measurement: updates of 400 bytes that carry a mark, how they are published, and what watches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc

from benchmarks.marks import stamp
from benchmarks.postgres import DATABASE, url_of
from benchmarks.service import Service, scratch
from modeldex.v1 import condition_pb2, update_pb2
from modeldex.v1 import subscriber_service_pb2 as api

SUBSCRIBER = "/modeldex.v1.SubscriberService/"
WATCH = SUBSCRIBER + "Watch"
PUBLISH = SUBSCRIBER + "PublishUpdates"
EVENT_BYTES = 400
# No source: nothing but what is measured happens on the server.
QUIET = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false"}


@contextmanager
def quiet() -> Iterator[Service]:
    """A server without models."""
    with scratch() as folder, Service(folder / "data", QUIET) as service:
        service.wait_until_serving(120)
        yield service


@contextmanager
def pair() -> Iterator[tuple[Service, Service]]:
    """Two servers without models, replicas of one database."""
    with quiet() as first, scratch() as folder:
        beside = {**QUIET, "MODELDEX_DATABASE_URL": url_of(first.data, DATABASE)}
        with Service(folder / "data", beside) as second:
            second.wait_until_serving(120)
            yield first, second


def update(mark: str | None = None, model_id: str = "bench/one") -> update_pb2.UpdateEvent:
    """An update from outside, of 400 bytes, with a mark in the model's description; a stamp of now by default."""
    made = update_pb2.UpdateEvent()
    made.model.type = update_pb2.MODEL_UPDATE_TYPE_UPDATED
    made.model.model_id = made.model.after.id = model_id
    made.model.after.description = (mark or stamp()) + ";"
    # Lengths above 127 take a byte more, so the first addition may miss by some.
    while missing := EVENT_BYTES - made.ByteSize():
        if missing < 0:
            made.model.after.description = made.model.after.description[:missing]
        else:
            made.model.after.description += "x" * missing
    return made


def publish_request(count: int = 1, mark: str | None = None) -> bytes:
    """Publishes so many updates of one model in one revision."""
    return api.PublishUpdatesRequest(updates=[update(mark)] * count).SerializeToString()


def publish_of_each(model_ids: Sequence[str], mark: str) -> bytes:
    """Publishes an update of each of these models in one revision."""
    return api.PublishUpdatesRequest(updates=[update(mark, model_id) for model_id in model_ids]).SerializeToString()


def watch_request(after_revision: int | None = None, model_id: str | None = None) -> bytes:
    """Watches everything, or the updates of one model, from now on or after a revision."""
    request = api.WatchRequest()
    request.options.bookmark_interval.FromSeconds(60)
    if after_revision is not None:
        request.options.after_revision = after_revision
    if model_id is not None:
        wanted = request.filters.add(type=condition_pb2.EVENT_FILTER_TYPE_MODEL)
        wanted.conditions.add(
            field="id", operator=condition_pb2.CONDITION_OPERATOR_EQUALS
        ).value.string_value = model_id
    return request.SerializeToString()


def message_of(service: Service, count: int, mark: str) -> bytes:
    """The message that brings so many updates to a subscriber, as the server sends it."""
    watch: grpc.UnaryStreamMultiCallable[bytes, bytes] = service.channel.unary_stream(WATCH)
    messages = watch(watch_request(), timeout=30)
    try:
        next(messages)  # says where it begins
        service.raw(PUBLISH, publish_request(count, mark), 30)
        message: bytes = next(messages)
        return message
    finally:
        messages.cancel()
