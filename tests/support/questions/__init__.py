"""For every method of the contract the requests that could tell of a provider of some name."""

from support.questions.cache import CACHE, SHARED, entry
from support.questions.catalogue import CATALOGUE
from support.questions.feed import FEED, SECOND, SNAPSHOT, published
from support.questions.history import HISTORY, NO_ROLLBACK
from support.questions.words import HIDDEN, NOBODY, OPEN, Questions

# A new method belongs into one of them.
REQUESTS: Questions = {**CATALOGUE, **FEED, **CACHE, **HISTORY}

__all__ = ["HIDDEN", "NOBODY", "NO_ROLLBACK", "OPEN", "REQUESTS", "SECOND", "SHARED", "SNAPSHOT", "entry", "published"]
