"""Every error has a status with its reason, and stays small."""

from __future__ import annotations

from datetime import timedelta

import pytest
from google.rpc import error_details_pb2, status_pb2

from modeldex.v1 import error_reason_pb2
from modeldex_server.errors import (
    InvalidPageToken,
    InvalidRequest,
    MalformedRequest,
    ModeldexError,
    ModelNotFound,
    SourceRateLimited,
    StoreUnavailable,
    Violation,
)
from modeldex_server.rpc.frame.status import CODES, Refusal, clip, refusal


def _status(sent: Refusal) -> status_pb2.Status:
    return status_pb2.Status.FromString(dict(sent.trailers)["grpc-status-details-bin"])


def _detail(sent: Refusal, kind: type) -> object:
    for packed in _status(sent).details:
        detail = kind()
        if packed.Unpack(detail):
            return detail
    raise AssertionError(f"no {kind.__name__}")


def _subclasses(kind: type) -> list[type]:
    return [kind, *(found for one in kind.__subclasses__() for found in _subclasses(one))]


def test_every_reason_of_the_contract_has_the_code_that_its_comment_names() -> None:
    assert set(CODES) == set(error_reason_pb2.ErrorReason.values()) - {0}


def test_every_class_of_the_tree_has_a_reason_with_a_code() -> None:
    assert all(kind.reason in CODES for kind in _subclasses(ModeldexError))


def test_an_error_tells_reason_domain_and_metadata() -> None:
    sent = refusal(ModelNotFound("openai/gpt-9"))
    info = _detail(sent, error_details_pb2.ErrorInfo)
    assert sent.code.name == "NOT_FOUND"
    assert (info.reason, info.domain) == ("MODEL_NOT_FOUND", "modeldex")
    assert dict(info.metadata) == {"model_id": "openai/gpt-9", "state": "unknown"}


def test_the_type_of_a_malformed_request_stands_in_the_metadata() -> None:
    info = _detail(refusal(MalformedRequest("modeldex.v1.GetModelRequest")), error_details_pb2.ErrorInfo)
    assert dict(info.metadata) == {"message": "modeldex.v1.GetModelRequest"}


def test_what_can_be_tried_again_says_when_in_both_ways() -> None:
    sent = refusal(StoreUnavailable())
    assert dict(sent.trailers)["grpc-retry-pushback-ms"] == "1000"
    assert _detail(sent, error_details_pb2.RetryInfo).retry_delay.seconds == 1


def test_a_source_that_failed_is_not_asked_again_by_grpc() -> None:
    """The refresh has tried as often as configured; a client's retries would multiply that. People are told when."""
    error = SourceRateLimited("groq", "Groq limits our requests.")
    error.retry_after = timedelta(seconds=30)
    sent = refusal(error)
    assert dict(sent.trailers)["grpc-retry-pushback-ms"] == "-1"
    assert _detail(sent, error_details_pb2.RetryInfo).retry_delay.seconds == 30


def test_violations_come_together_and_all_are_counted() -> None:
    sent = refusal(InvalidRequest([Violation(f"ids[{at}]", "must not be empty") for at in range(50)]))
    violations = _detail(sent, error_details_pb2.BadRequest).field_violations
    assert [one.field for one in violations] == [f"ids[{at}]" for at in range(20)]
    assert _detail(sent, error_details_pb2.ErrorInfo).metadata["violations"] == "50"


@pytest.mark.parametrize("text", ["x" * 100_000, "\U0001f600" * 50_000, "\x00" * 100_000, "\ud800" * 1000])
def test_details_stay_under_4_kilobytes_whatever_the_error_holds(text: str) -> None:
    for error in (
        InvalidRequest([Violation(text, text)] * 100),
        ModeldexError(text, **{f"key_{at}": text for at in range(50)}),
    ):
        error.retry_after = timedelta(seconds=1)
        sent = refusal(error)
        assert _status(sent).ByteSize() < 4096
        assert len(sent.message.encode()) <= 512


def test_a_bad_page_token_keeps_its_own_reason() -> None:
    assert _detail(refusal(InvalidPageToken()), error_details_pb2.ErrorInfo).reason == "INVALID_PAGE_TOKEN"


def test_clipping_cuts_no_character_in_two() -> None:
    assert clip("aé" * 10, 10) == "aéaéa..."
