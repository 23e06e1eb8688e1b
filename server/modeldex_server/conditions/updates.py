"""Filters of updates: which updates a watch wants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions.canonical import hash_of
from modeldex_server.conditions.events import CAPABILITY, MODEL, PROVIDER, Update
from modeldex_server.conditions.filters import Test, either, fields_of, test_of


class ModelTest(Protocol):
    """A filter of models, as `ListModels` takes one."""

    @property
    def key(self) -> bytes:
        """Equal for filters that mean the same, in every process."""
        ...

    def __call__(self, model: model_pb2.Model, /) -> bool: ...


class UpdateFilter:
    """What a watch wants. It is made once, of filters without problems, and asked of every update.

    An update matches if any enabled filter does; without filters every update does, and where all are disabled none
    does. With `models` only updates of models match, of which it holds too.

    An update of a model is asked about twice, for the model before and the model after: whether each is of the set of
    models that the watch is about. A CUSTOM filter looks at the update, so it says the same of both.
    """

    def __init__(self, filters: Sequence[condition_pb2.EventFilter] = (), models: ModelTest | None = None) -> None:
        """
        Raises:
            ValueError: a filter has problems.
        """
        enabled = [one for one in filters if not one.HasField("enabled") or one.enabled]
        self.hash = hash_of(enabled if filters else None, None if models is None else models.key)
        self._any_update = not filters
        self._models = models
        self._of_model = _tests(enabled, condition_pb2.EVENT_FILTER_TYPE_MODEL)
        self._of_all = _tests(enabled, condition_pb2.EVENT_FILTER_TYPE_CUSTOM)
        self._of_kind: dict[int, Test[Any] | None] = {
            PROVIDER: _tests(enabled, condition_pb2.EVENT_FILTER_TYPE_PROVIDER),
            CAPABILITY: _tests(enabled, condition_pb2.EVENT_FILTER_TYPE_CAPABILITY),
        }

    @property
    def matches_everything(self) -> bool:
        """Whether there is no condition at all."""
        return self._any_update and self._models is None

    def matches(self, update: Update) -> bool:
        """Whether the watch wants an update; of a model, if it does for the model before or the model after."""
        if update.kind == MODEL:
            # An external update may come without any document.
            return (self._models is None and self._matches_as_such(update)) or self._matches_a_side(update)
        if self._models is not None:
            return False
        if self._matches_as_such(update):
            return True
        test = self._of_kind.get(update.kind)
        return test is not None and test(update.message())

    def matches_before(self, update: Update) -> bool:
        """Whether there was a model before an update of the catalogue, and the watch was about it."""
        if self._needs_no_model(update):
            return update.type != pb.MODEL_UPDATE_TYPE_ADDED
        return self._matches_side(update.model_before(), update)

    def matches_after(self, update: Update) -> bool:
        """Whether there is a model after an update of the catalogue, and the watch is about it."""
        if self._needs_no_model(update):
            return update.type != pb.MODEL_UPDATE_TYPE_REMOVED
        return self._matches_side(update.model_after(), update)

    def matches_model(self, model: model_pb2.Model) -> bool:
        """Whether the watch is about a model, as a snapshot shows it. CUSTOM filters do not count: there is no update
        that they could look at."""
        if self._models is not None and not self._models(model):
            return False
        return self._any_update or (self._of_model is not None and self._of_model(model))

    def _matches_as_such(self, update: Update) -> bool:
        return self._any_update or (self._of_all is not None and self._of_all(update))

    def _needs_no_model(self, update: Update) -> bool:
        """Whether what the update is decides alone, so that no document needs to be looked at."""
        return self._models is None and self._matches_as_such(update)

    def _matches_a_side(self, update: Update) -> bool:
        return self._matches_side(update.model_after(), update) or self._matches_side(update.model_before(), update)

    def _matches_side(self, model: model_pb2.Model | None, update: Update) -> bool:
        if model is None or (self._models is not None and not self._models(model)):
            return False
        return self._matches_as_such(update) or (self._of_model is not None and self._of_model(model))


def _tests(filters: Iterable[condition_pb2.EventFilter], type_: int) -> Test[Any] | None:
    """Whether any filter of a type is met; None where there is none."""
    fields = fields_of(type_)
    tests = [test_of(fields, one) for one in filters if one.type == type_] if fields is not None else []
    return either(tests) if tests else None
