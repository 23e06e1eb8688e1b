"""What is promised of copies: of what updates make of a snapshot, or of what was there before."""

from __future__ import annotations

from collections.abc import Iterator

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from support.robustness.promises.log import DISCOVERED
from support.robustness.promises.streams import named
from support.robustness.reading import holds
from support.robustness.story import Chain, Story
from support.watching import apply, check_coalesced, check_converging, check_snapshot, check_transitions

SUM = 100_000  # of what was discovered, whenever it is looked at


def balanced(story: Story) -> None:
    """atomic, converging: of models that each refresh changes together, so that their sum stays the same, no snapshot,
    and nothing that is put together from updates, ever holds another sum."""
    for chain, _ in story.watches():
        if chain.of_models and not chain.filtered and chain.request.options.initial_snapshot:
            with named(chain):
                for revision, copy in _copies(chain, {}):
                    windows = [model.context_window for key, model in copy.items() if key.startswith(DISCOVERED)]
                    assert sum(windows) in (0, SUM), f"at {revision} they are {windows}"


def converging(story: Story) -> None:
    """converging, coalescing: wherever a chain says that it is through a revision its copy holds the models that match
    there, in the versions that are current there; and at the end it is what ListModels gives."""
    for chain, start in story.watches():
        if not chain.of_models:
            continue
        with named(chain):
            if chain.request.options.initial_snapshot:
                check_snapshot(chain.messages)
                if not chain.request.options.omit_before:
                    check_transitions(chain.messages)
            _check_copies(story, chain, start)
            if chain.number in story.listed:
                listed = discovery.ListModelsResponse.FromString(story.listed[chain.number])
                check_converging(chain.messages, listed.models)


def coalescing(story: Story) -> None:
    """coalescing: where the latest of each model is asked for no message has a model twice, and each update of a model
    begins where the last one ended."""
    for chain, _ in story.watches():
        if chain.coalesced and chain.of_models:
            with named(chain):
                check_coalesced(chain.messages)


def _check_copies(story: Story, chain: Chain, start: int) -> None:
    """The copy beside the fold of the log, from message to message."""
    log = Fold(story)
    begun = {} if chain.request.options.initial_snapshot else log.through(start)
    for revision, copy in _copies(chain, {key: model for key, model in begun.items() if holds(chain.request, model)}):
        current = log.through(revision)
        wanted = {key: model.version for key, model in current.items() if holds(chain.request, model)}
        found = {key: model.version for key, model in copy.items()}
        assert found == wanted, f"at {revision} the copy differs in {set(found.items()) ^ set(wanted.items())}"


class Fold:
    """What the catalogue held at revisions that only grow, by the log alone."""

    def __init__(self, story: Story) -> None:
        self._models: dict[str, model_pb2.Model] = {}
        self._log = story.models()
        self._next = next(self._log, None)

    def through(self, revision: int) -> dict[str, model_pb2.Model]:
        """The models at a revision, by their ids."""
        while self._next is not None and self._next[0].revision <= revision:
            told = self._next[1]
            if told.HasField("after"):
                self._models[told.model_id] = told.after
            else:
                del self._models[told.model_id]
            self._next = next(self._log, None)
        return self._models


def _copies(chain: Chain, begun: dict[str, model_pb2.Model]) -> Iterator[tuple[int, dict[str, model_pb2.Model]]]:
    """The copy that a client keeps, after each message that changed it, with what the message is through."""
    copy = dict(begun)
    for message in chain.messages:
        apply(message, copy)
        if message.updates or message.snapshot_complete:
            yield message.revision, copy
