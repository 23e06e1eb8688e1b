"""What was sent: updates of the log as a subscription was sent them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2
from modeldex_server.feed.encoding import Selection, encode
from modeldex_server.feed.ring import Revision
from modeldex_server.feed.subscriptions.rejecting import Place
from modeldex_server.ledger import log
from modeldex_server.store.database import Database

Sent = dict[Place, update_pb2.UpdateEvent]


async def sent_in(database: Database, selection: Selection, revisions: Collection[int]) -> Sent:
    """The updates of some revisions that are selected, and still in the log. Raises StoreUnavailable."""
    found: Sent = {}
    left = set(revisions)
    while left:
        first = min(left)
        page = (await log.read_full(database, first - 1)).revisions
        for one in page:
            if one.number in left:
                found.update(_selected(one, selection))
        left = {one for one in left if page and one > page[-1].number}
    return found


async def first_sent(database: Database, selection: Selection, after: int) -> Sent:
    """The updates of the first revision after another in which some are selected; none where there is no such
    revision. Raises StoreUnavailable."""
    async for one in _after(database, after):
        if found := _selected(one, selection):
            return found
    return {}


async def _after(database: Database, revision: int) -> AsyncIterator[Revision]:
    while page := (await log.read_full(database, revision)).revisions:
        for one in page:
            yield one
        revision = page[-1].number


def _selected(revision: Revision, selection: Selection) -> Sent:
    """Each by itself, also where updates of a model are sent joined: as it would be sent alone."""
    found: Sent = {}
    for event in revision.events:
        for update in api.WatchResponse.FromString(encode(event, selection)).updates:
            found[update.revision, update.ordinal] = update
    return found
