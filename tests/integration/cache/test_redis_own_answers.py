"""own answers: what was given up is never taken for another key's copy."""

from __future__ import annotations

import asyncio
import random

from support.copies import PATIENT, client_of, copies_of, some, written
from support.proxies import proxy
from support.redis import redis_server

GETS = 20_000
WORKERS = 24


async def test_no_answer_ever_carries_the_copy_of_another_key() -> None:
    """20,000 reads of one to three keys with a value each of their own, half of them cancelled at any of their steps,
    while fills go out on the same connections: what is answered is each key's own, and no copy came back under
    another's name, which its checksum would have shown."""
    copies = some(500)
    chance = random.Random(5)
    with redis_server() as redis, proxy(redis.address) as between:
        async with client_of(f"redis://{between.address}", seconds=PATIENT) as client:
            tier = copies_of(client)
            async with written(tier):
                await tier.hold(copies)
                keys = list(copies)

                async def one() -> bool:
                    wanted = chance.sample(keys, chance.randrange(1, 4))
                    task = asyncio.create_task(tier.copies.get(wanted))
                    if chance.random() < 0.5:
                        await cancelled_somewhere(task, chance)
                    (found,) = await asyncio.gather(task, return_exceptions=True)
                    if isinstance(found, asyncio.CancelledError):
                        return False
                    assert found == {key: copies[key] for key in wanted}
                    return True

                async def many() -> int:
                    answered = 0
                    for at in range(GETS // WORKERS):
                        answered += await one()
                        if at % 10 == 0:
                            tier.copies.put({key: copies[key] for key in chance.sample(keys, 20)})
                    return answered

                answered = sum(await asyncio.gather(*(many() for _ in range(WORKERS))))
            assert GETS / 3 < answered < GETS * 0.9
            assert (tier.copies.unreadable, client.failures) == (0, 0)


async def cancelled_somewhere(task: asyncio.Task[object], chance: random.Random) -> None:
    """Cancel it after some turns of the loop, or a moment: before it is sent, or while its answer is on its way."""
    for _ in range(chance.randrange(8)):
        await asyncio.sleep(0)
    if chance.random() < 0.5:
        await asyncio.sleep(chance.random() * 0.002)
    task.cancel()
