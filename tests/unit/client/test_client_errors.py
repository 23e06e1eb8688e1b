"""The tree of exceptions: as drawn, complete, and read from whatever a server sends."""

from __future__ import annotations

import pickle
import re
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped] # has no types

import modeldex_client
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1.error_reason_pb2 import ErrorReason
from modeldex_client import ModeldexError, Violation, _errors
from modeldex_client._errors import BY_CODE, BY_REASON
from modeldex_client._failures import failure
from modeldex_client._options import Options
from modeldex_server import errors as server_errors
from modeldex_server.rpc.frame import status as server_status

REASONS = sorted(name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()[1:])
OPTIONS = Options(target="localhost:1", timeout=10.0)


class Told(grpc.RpcError):
    """An error of gRPC, as a server's trailers make one."""

    def __init__(self, code: grpc.StatusCode, details: str, status: bytes | None = None) -> None:
        super().__init__(details)
        self._code, self._details, self._status = code, details, status

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> Any:
        return (("x", "y"),) if self._status is None else (("x", "y"), ("grpc-status-details-bin", self._status))


def read(error: grpc.RpcError) -> ModeldexError:
    return failure(error, pb.GetModelRequest(), OPTIONS, 10.0, connected=True)


def told(code: grpc.StatusCode, reason: str, *details: Any, domain: str = "modeldex", **metadata: str) -> Told:
    status = status_pb2.Status(code=code.value[0], message="what went wrong")
    for detail in (error_details_pb2.ErrorInfo(reason=reason, domain=domain, metadata=metadata), *details):
        packed = Packed()
        packed.Pack(detail)
        status.details.append(packed)
    return Told(code, status.message, status.SerializeToString())


def _tree(kind: type[ModeldexError], depth: int = 0) -> set[tuple[str, str]]:
    return {(child.__name__, kind.__name__) for child in kind.__subclasses__()}.union(
        *(_tree(child, depth + 1) for child in kind.__subclasses__())
    )


def _drawn(text: str) -> set[tuple[str, str]]:
    """The (class, parent) of a drawing."""
    pairs, path = set(), ["ModeldexError"]
    for bars, names in re.findall(r"^    ((?:\|   )*)\|-- (\w+(?:, \w+)*)", text, re.MULTILINE):
        depth = len(bars) // 4 + 1
        for name in names.split(", "):
            path[depth:] = [name]
            pairs.add((name, path[depth - 1]))
    return pairs


@pytest.mark.parametrize("module", [_errors, modeldex_client], ids=lambda module: module.__name__)
def test_the_tree_is_as_drawn(module: Any) -> None:
    assert _drawn(module.__doc__) == _tree(ModeldexError)


def test_every_reason_of_the_contract_has_its_class_below_that_of_its_status_code() -> None:
    """The class is named like the reason, and its code is the one that the server sends with it."""
    assert sorted(BY_REASON) == REASONS
    for reason, kind in BY_REASON.items():
        assert kind.__name__.upper() == reason.replace("_", "")
        assert kind.code is server_status.CODES[ErrorReason.Value(f"ERROR_REASON_{reason}")]
        assert kind is BY_CODE[kind.code] or issubclass(kind, BY_CODE[kind.code])


def test_every_status_code_has_its_class() -> None:
    assert set(BY_CODE) == set(grpc.StatusCode) - {grpc.StatusCode.OK}
    assert {kind.__name__ for kind in [*BY_CODE.values(), *BY_REASON.values()]} <= set(modeldex_client.__all__)


def test_what_the_server_sends_arrives() -> None:
    """For every error of the server that can be made so: the reason, the message, the metadata, the wait."""
    sent = server_errors.RevisionNotReached(900, 898)
    refusal = server_status.refusal(sent)
    error = read(Told(refusal.code, refusal.message, dict(refusal.trailers)["grpc-status-details-bin"]))  # type: ignore[arg-type]
    assert type(error) is modeldex_client.RevisionNotReached
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "REVISION_NOT_REACHED")
    assert str(error) == error.message == sent.message
    assert error.metadata == {"min_revision": "900", "revision": "898"}
    assert error.retry_after == timedelta(seconds=1)


def test_violations_arrive() -> None:
    sent = server_errors.InvalidRequest([server_errors.Violation("page_size", "must not be negative")])
    refusal = server_status.refusal(sent)
    error = read(Told(refusal.code, refusal.message, dict(refusal.trailers)["grpc-status-details-bin"]))  # type: ignore[arg-type]
    assert type(error) is modeldex_client.InvalidRequest
    assert error.violations == (Violation("page_size", "must not be negative"),)


def test_a_reason_that_is_not_known_is_an_error_of_its_status_code() -> None:
    """A newer server may send reasons that this client does not know."""
    error = read(told(grpc.StatusCode.FAILED_PRECONDITION, "MOON_TOO_LOW", height="3"))
    assert type(error) is modeldex_client.FailedPrecondition
    assert (error.reason, error.metadata) == ("MOON_TOO_LOW", {"height": "3"})


def test_a_reason_of_somebody_else_is_none_of_ours() -> None:
    error = read(told(grpc.StatusCode.NOT_FOUND, "MODEL_NOT_FOUND", domain="example.org"))
    assert type(error) is modeldex_client.NotFound
    assert error.reason == ""


@pytest.mark.parametrize("reason", ["METHOD_NOT_FOUND", ""])
def test_an_older_server_is_told_as_one(reason: str) -> None:
    code = grpc.StatusCode.UNIMPLEMENTED
    error = read(told(code, reason) if reason else Told(code, "Method not found!"))
    assert isinstance(error, modeldex_client.Unimplemented)
    assert str(error) == "The server at localhost:1 does not know GetModel; it is older than this client."


def test_a_status_that_cannot_be_read_is_an_error_of_its_code() -> None:
    error = read(Told(grpc.StatusCode.ABORTED, "lost", b"\xff\xff\xff"))
    assert type(error) is modeldex_client.Aborted
    assert str(error) == "lost"


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK])
def test_an_error_without_words_has_some(code: grpc.StatusCode) -> None:
    for error in (read(Told(code, "")), read(Told(code, "", b""))):
        assert isinstance(error, BY_CODE[code])
        assert "localhost:1" in str(error)


def test_a_deadline_says_how_long_it_was() -> None:
    error = read(Told(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"))
    assert type(error) is modeldex_client.DeadlineExceeded
    assert str(error) == "localhost:1 did not answer within 10 s; a longer timeout may help."


def test_errors_travel_between_processes() -> None:
    error = read(told(grpc.StatusCode.NOT_FOUND, "MODEL_NOT_FOUND", model_id="a/b"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), vars(copy)) == (modeldex_client.ModelNotFound, vars(error))


def test_an_error_can_be_made_in_a_test_of_a_caller() -> None:
    error = modeldex_client.ModelNotFound("There is no model a/b.")
    assert (error.code, error.reason, error.metadata) == (grpc.StatusCode.NOT_FOUND, "MODEL_NOT_FOUND", {})
