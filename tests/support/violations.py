"""What is wrong with requests, for tests of their validation."""

from __future__ import annotations

from google.protobuf.message import Message

from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.errors import InvalidRequest
from modeldex_server.rpc.validation.requests import Validator

VALIDATOR = Validator(Vocabulary.load())


def violations(request: Message) -> dict[str, str]:
    """The violations of a request: field -> what it must be."""
    try:
        VALIDATOR.checker(type(request))(request)
    except InvalidRequest as error:
        return {one.field: one.description for one in error.violations}
    return {}
