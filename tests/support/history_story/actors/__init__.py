"""Who acts in a run: writers, a source and its refreshes, those who roll back, pin, read the past and clean up. At the
end, what all of them may have left to chance is acted out."""

from support.history_story.actors.acting_out import act_out
from support.history_story.actors.calling import Players, enrol
from support.history_story.actors.keeping import keep
from support.history_story.actors.pinning import pin
from support.history_story.actors.reading import read_past
from support.history_story.actors.refreshing import begin, refresh
from support.history_story.actors.rolling import decide, request_rollbacks
from support.history_story.actors.writing import duel, write

__all__ = [
    "Players",
    "act_out",
    "begin",
    "decide",
    "duel",
    "enrol",
    "keep",
    "pin",
    "read_past",
    "refresh",
    "request_rollbacks",
    "write",
]
