"""The rooms of history, each handed what it needs of the others."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.catalogue.reading import Reader
from modeldex_server.catalogue.upstream import Upstream
from modeldex_server.history.audit import AuditEvents
from modeldex_server.history.changes.listing import Changes
from modeldex_server.history.classification import Rules
from modeldex_server.history.cleanup import HistoryCleanup
from modeldex_server.history.pin_expiry import PinExpiry
from modeldex_server.history.pin_listing import PinList
from modeldex_server.history.pinned import PinnedModels
from modeldex_server.history.pins import Pins
from modeldex_server.history.retention import Retention
from modeldex_server.history.rollbacks.deciding import Decider
from modeldex_server.history.rollbacks.listing import RollbackLists
from modeldex_server.history.rollbacks.policy import Policy
from modeldex_server.history.rollbacks.requesting import Requester
from modeldex_server.history.rollbacks.sweeping import Sweeper
from modeldex_server.history.rollbacks.writing import Writer
from modeldex_server.history.statistics import VersionStatistics
from modeldex_server.history.trail import Trail
from modeldex_server.history.versions import Versions
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.rpc.history_audit import AuditRooms
from modeldex_server.rpc.history_cleanup import CleanupRooms
from modeldex_server.rpc.history_pins import PinRooms
from modeldex_server.rpc.history_rollbacks import RollbackRooms
from modeldex_server.rpc.history_service import HistoryServicer
from modeldex_server.rpc.history_versions import VersionRooms
from modeldex_server.rpc.paging import PageTokens
from modeldex_server.rpc.validation.model import model_problems
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.settings.history import HistorySettings
from modeldex_server.store.database import Database


@dataclass(frozen=True, slots=True)
class Grounds:
    """What history stands on."""

    database: Database
    ledger: Ledger
    reader: Reader
    tokens: PageTokens
    upstream: Upstream
    secret_paths: SecretPaths
    now: Callable[[], datetime]


class HistoryRooms:
    """All rooms of history. Run their `followers`; `service` serves them."""

    def __init__(self, settings: HistorySettings, grounds: Grounds) -> None:
        """Raises StartError where the file of rules is none."""
        self._grounds = grounds
        self._settings = settings
        self._rules = Rules.read(settings.rules_file) if settings.rules_file is not None else Rules.packaged()
        self._policy = Policy(settings.rollback)
        self.writer = Writer(grounds.ledger)
        self.cleanup = HistoryCleanup(grounds.database, Retention(settings.keep_versions, settings.keep_days))
        self.pinned = PinnedModels(grounds.database)
        self.trail = Trail(grounds.database, entries=settings.audit_entries, now=grounds.now)

    def followers(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs from then on until it is cancelled."""
        grounds = self._grounds
        return (
            PinExpiry(grounds.database, grounds.ledger, grounds.upstream).run(),
            Sweeper(grounds.database, self.writer).run(),
            self.pinned.run(),
            self.trail.run(),
            *((self.cleanup.run(),) if self._settings.cleanup else ()),
        )

    def service(self) -> HistoryServicer:
        """The methods of HistoryService."""
        return HistoryServicer(self._versions(), self._rollbacks(), self._pins(), self._cleanup(), self._audit())

    def _versions(self) -> VersionRooms:
        database = self._grounds.database
        return VersionRooms(
            self._grounds.reader,
            Versions(database),
            Changes(database, self._rules),
            VersionStatistics(database),
            self._rules,
            self._grounds.tokens,
        )

    def _rollbacks(self) -> RollbackRooms:
        grounds = self._grounds
        return RollbackRooms(
            Requester(self.writer, self._policy, self._rules, grounds.upstream),
            Decider(grounds.database, self.writer, self._policy, grounds.upstream),
            RollbackLists(grounds.database),
            grounds.reader,
            grounds.tokens,
        )

    def _pins(self) -> PinRooms:
        grounds = self._grounds
        problems = model_problems(Vocabulary.load())
        return PinRooms(
            Pins(grounds.ledger, grounds.upstream, grounds.secret_paths, problems),
            PinList(grounds.database),
            grounds.reader,
            grounds.tokens,
        )

    def _cleanup(self) -> CleanupRooms:
        return CleanupRooms(self.cleanup, self._grounds.reader)

    def _audit(self) -> AuditRooms:
        return AuditRooms(AuditEvents(self._grounds.database), self._grounds.reader, self._grounds.tokens)
