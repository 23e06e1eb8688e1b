"""What the cache refuses."""

from __future__ import annotations

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


class EntryNotFound(ModeldexError):
    """A namespace has no entry under a key, or none that counts."""

    reason = pb.ERROR_REASON_ENTRY_NOT_FOUND

    def __init__(self, namespace: str, key: str) -> None:
        super().__init__(
            f"The namespace {namespace} has no entry {key}: it was not set, or expired, or was deleted or invalidated.",
            namespace=namespace,
            key=key,
        )


class RuleNotFound(ModeldexError):
    """There is no invalidation rule with an id."""

    reason = pb.ERROR_REASON_RULE_NOT_FOUND

    def __init__(self, rule_id: str) -> None:
        super().__init__(
            f"There is no invalidation rule {rule_id}; ListInvalidationRules lists those there are.", rule_id=rule_id
        )


class NamespaceReadOnly(ModeldexError):
    """The models of the catalogue are not set as entries."""

    reason = pb.ERROR_REASON_NAMESPACE_READ_ONLY

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"The namespace {namespace} holds the models of the catalogue: use another, or SaveModel.",
            namespace=namespace,
        )


class StrategyDisabled(ModeldexError):
    """The server's settings switch a way of invalidating off."""

    reason = pb.ERROR_REASON_STRATEGY_DISABLED

    def __init__(self, strategy: str) -> None:
        super().__init__(
            f"The strategy {strategy} is switched off: its owner sets cache.strategies.{strategy}.enabled.",
            strategy=strategy,
        )


class TooManyEntries(ModeldexError):
    """Callers' namespaces hold as many entries as may be."""

    reason = pb.ERROR_REASON_TOO_MANY_ENTRIES

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are {limit} entries, which is the most: delete some, or let them live shorter.", limit=limit
        )


class TooManyRules(ModeldexError):
    """There are as many invalidation rules as may be."""

    reason = pb.ERROR_REASON_TOO_MANY_RULES

    def __init__(self, limit: int) -> None:
        super().__init__(f"There are {limit} invalidation rules, which is the most: delete some.", limit=limit)
