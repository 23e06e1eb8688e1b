"""`modeldex subscriptions` and `modeldex feed`, as people and programs run them."""

from __future__ import annotations

import json
import subprocess

from modeldex_client import Client
from support.commands import PROGRAM, environment, run, run_on_terminal
from support.models import new_id, plain
from support.pairs import Pair
from support.waiting import until

_FILTER = '{"type": "EVENT_FILTER_TYPE_MODEL", "conditions": [{"field": "%s", "operator": "%s", "value": %s}]}'


def test_a_subscription_from_its_creation_to_its_deletion(pair: Pair) -> None:
    """Its id is all that `create` writes to stdout, so that a script can take it; `get` tells what it is."""
    at, client = pair.first.address, new_id()
    made = run(at, "subscriptions", "create", client, "--kind", "model", "--provider", "acme", "--explicit")
    id = made.out.strip()
    assert made.code == 0
    assert f"modeldex subscriptions watch {id}" in made.err
    shown = run(at, "subscriptions", "get", id).out
    for part in ("model updates", '{"provider_ids": ["acme"]}', "what its client acknowledges", "active"):
        assert part in shown
    assert run(at, "subscriptions", "list", "--client", client, "-q").out.split() == [id]
    assert "1 subscription." in run(at, "subscriptions", "list", "--client", client, "--kind", "model").err
    assert "No subscription." in run(at, "subscriptions", "list", "--client", client, "--status", "paused").err
    paused = run(at, "subscriptions", "pause", id)
    assert "gets nothing after revision" in paused.err
    assert json.loads(run(at, "subscriptions", "get", id, "--json").out)["status"] == "SUBSCRIPTION_STATUS_PAUSED"
    assert run(at, "subscriptions", "resume", id).code == 0
    assert f"Deleted: 1 subscription of {client}." in run(at, "subscriptions", "delete", "--client", client).err
    assert run(at, "subscriptions", "get", id).code == 3


def test_filters_are_added_and_removed(pair: Pair) -> None:
    """As the contract's JSON; one that is none is refused with an example."""
    at = pair.first.address
    id = run(at, "subscriptions", "create", "cli", "--filter", _FILTER % ("context_window", "GREATER", 1)).out.strip()
    assert not id
    wanted = _FILTER % ("context_window", "CONDITION_OPERATOR_GREATER_THAN", 100000)
    id = run(at, "subscriptions", "create", "cli", "--filter", wanted).out.strip()
    assert "f1  context_window greater than 100000" in run(at, "subscriptions", "get", id).out
    added = run(at, "subscriptions", "add-filter", id, _FILTER % ("tags", "CONDITION_OPERATOR_CONTAINS", '"fast"'))
    assert added.out.strip() == "f2"
    left = run(at, "subscriptions", "remove-filter", id, "f1").out
    assert "f2  tags contains" in left
    assert "f1  context_window" not in left
    wrong = run(at, "subscriptions", "add-filter", id, '{"type": "x"}')
    assert wrong.code == 2
    assert "EVENT_FILTER_TYPE_MODEL" in wrong.err
    assert run(at, "subscriptions", "remove-filter", id, "f9").code == 3


def test_a_watch_shows_what_came_and_acknowledges_it(pair: Pair) -> None:
    """What was shown is done with: a second watch does not show it again."""
    at, provider = pair.first.address, new_id().partition("/")[2]
    with Client(at) as client:
        id = run(at, "subscriptions", "create", "cli", "-k", "model", "-p", provider, "--explicit").out.strip()
        saved = new_id(provider)
        client.models.save(plain(saved))
        with subprocess.Popen(
            [PROGRAM, "subscriptions", "watch", id],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(at),
            text=True,
        ) as watch:
            assert watch.stdout is not None
            assert saved in watch.stdout.readline()
            until(lambda: client.subscriptions.get(id).acknowledged_revision >= client.revision, "it to be done with")
            watch.terminate()
        client.subscriptions.delete(id)


def test_the_feed_at_a_terminal(pair: Pair) -> None:
    """Statistics and health in lines that fit, and as JSON for programs."""
    at = pair.first.address
    run(at, "subscriptions", "create", "cli")
    for columns in (40, 80, 200):
        for command in (("feed", "stats", "--last", "1h"), ("feed", "health"), ("subscriptions", "list")):
            done = run_on_terminal(at, *command, columns=columns)
            assert done.code == 0, done.out
            assert all(len(line) <= columns for line in done.plain), done.plain
    assert json.loads(run(at, "feed", "health", "--json").out)["status"] in (
        "HEALTH_STATUS_HEALTHY",
        "HEALTH_STATUS_DEGRADED",
    )

    def published() -> int:
        stats = [json.loads(line) for line in run(at, "feed", "stats", "--json").out.splitlines()]
        assert len(stats) == 3
        return int(stats[1].get("totalEventsPublished", 0))

    until(published, "what was published to be counted")
    assert run(at, "feed", "stats", "--last", "soon").code == 2
    assert run(at, "subscriptions", "cleanup").code == 0
