"""What must hold of a story: a validator a promise. Each gives a line for each time that it was broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from support.history_story.promises.past import as_it_was, protected_versions
from support.history_story.promises.pins import pins_end, rollback_survives_refresh
from support.history_story.promises.rollbacks import executed_once, four_eyes, one_end, rolled_forward, stale_approval
from support.history_story.promises.trail import audit_complete
from support.history_story.promises.versions import (
    done_once,
    immutable_versions,
    nothing_is_lost,
    one_winner,
    version_chain,
)
from support.history_story.story import Story

PROMISES: Mapping[str, Callable[[Story], Iterator[str]]] = {
    check.__name__: check
    for check in (
        version_chain,
        immutable_versions,
        one_winner,
        done_once,
        nothing_is_lost,
        rolled_forward,
        rollback_survives_refresh,
        pins_end,
        four_eyes,
        executed_once,
        stale_approval,
        one_end,
        as_it_was,
        protected_versions,
        audit_complete,
    )
}


def broken_by(story: Story) -> list[str]:
    """What the story breaks of all that is promised; nothing where all is well."""
    return [f"{name}: {line}" for name, check in PROMISES.items() for line in check(story)]
