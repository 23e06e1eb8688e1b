"""Events are counted by the marks in their bytes."""

from __future__ import annotations

import time

from benchmarks import etcd, feed
from benchmarks.marks import Marks, percentile, stamp
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import subscriber_service_pb2 as api

INSTANTS = [0, 1, 123_456_789_012_345_678, 5]
DATA = b"st" + b"".join(f"xxstamp={stamp(one)};yy".encode() for one in INSTANTS) + b"stamp="


@given(st.lists(st.integers(1, 60), max_size=30))
def test_each_mark_counts_once_however_the_bytes_were_cut(sizes: list[int]) -> None:
    """Also one that is cut in its middle; of a stamp all digits are waited for."""
    counting, reading = Marks(), Marks()
    data, count, instants = DATA, 0, []
    for size in [*sizes, len(DATA)]:
        count += counting.count(data[:size])
        instants += reading.stamps(data[:size])
        data = data[size:]
    assert count == DATA.count(b"stamp=")
    assert instants == INSTANTS


def test_a_stamp_of_now_is_of_the_clock_that_all_processes_share() -> None:
    """So that a receiver can take it off its own time."""
    before = time.monotonic_ns()
    (instant,) = Marks().stamps(stamp().encode())
    assert before <= instant <= time.monotonic_ns()


def test_events_of_both_have_the_same_size_and_one_mark() -> None:
    """400 bytes to publish, and 400 bytes of value to put."""
    event = feed.update().SerializeToString()
    value = etcd.value(feed.EVENT_BYTES)
    assert len(event) == len(value) == 400
    for data in (event, value):
        assert Marks().count(data) == len(Marks().stamps(data)) == 1


def test_a_batch_has_as_many_updates_as_it_says() -> None:
    """Of one model, or one of each of several."""
    request = api.PublishUpdatesRequest.FromString(feed.publish_request(7, stamp(1)))
    assert len(request.updates) == Marks().count(request.SerializeToString()) == 7
    request = api.PublishUpdatesRequest.FromString(feed.publish_of_each(["a/b", "a/c"], stamp(1)))
    assert [update.model.model_id for update in request.updates] == ["a/b", "a/c"]


def test_requests_of_etcd_are_as_its_contract_says() -> None:
    """WatchRequest{create_request{key, range_end}} of a prefix, and PutRequest{key, value} of a key in it."""
    assert etcd.watch_request() == b"\x0a\x10\x0a\x06bench/\x12\x06bench0"
    assert etcd.put_request(b"v") == b"\x0a\x0bbench/event\x12\x01v"


def test_percentiles() -> None:
    """The p99 of a hundred is the largest, as few are beyond it as can be."""
    values = [float(one) for one in range(1, 101)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.99) == 100
    assert percentile([7.0], 0.99) == 7
