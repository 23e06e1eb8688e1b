"""`modeldex cache`, as people and programs run it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.protobuf import json_format

from modeldex_client import CacheEvent, CacheEventKind, Client
from support.commands import PROGRAM, Screen, environment, on_terminal, run, run_on_terminal
from support.models import new_id, plain
from support.pairs import Pair
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import until

RULE = """{
  "name": "%s",
  "strategy": "tag_invalidation",
  "conditions": [{
    "subject": "INVALIDATION_SUBJECT_ENTRY",
    "condition": {"field": "namespace", "operator": "CONDITION_OPERATOR_EQUALS", "value": "%s"}
  }],
  "actions": [{"notify": "seen"}]
}"""


def own() -> str:
    """A namespace that no other test uses."""
    return new_id("c").replace("/", "-")


def text(id: str) -> str:
    """A model as `models get --json` writes it."""
    return json_format.MessageToJson(plain(id, "Shared"))


def test_an_entry_from_its_setting_to_its_deletion(pair: Pair) -> None:
    """What a pipe hands over is kept, is shown with all that was said of it, and goes."""
    at, id, namespace = pair.first.address, new_id(), own()
    said = ("--ttl", "1h", "--tag", "a,b", "--tag", "c", "--priority", "3", "--metadata", '{"team": "search"}')
    made = run(at, "cache", "set", "-", "-N", namespace, *said, stdin=text(id))
    assert made.code == 0, made.err
    assert re.fullmatch(rf"Set: {id} is version \d+, and expires in (1 h|59 min)\.\n", made.err)
    assert made.out == ""
    shown = run(at, "cache", "get", id, "-N", namespace).out
    for part in (f"namespace  {namespace}", "tags       a, b, c", '{"team": "search"}', "ttl        1 h", "Shared"):
        assert part in shown
    entry = json.loads(run(at, "cache", "get", id, "-N", namespace, "--json").out)
    assert (entry["priority"], entry["value"]["displayName"]) == (3, "Shared")
    again = run(at, "cache", "set", "-", "-N", namespace, "--expected-version", "0", stdin=text(id))
    assert (again.code, again.out) == (1, "")
    assert run(at, "cache", "delete", id, "-N", namespace).err == f"Deleted: {id} in {namespace}.\n"
    assert run(at, "cache", "delete", id, "-N", namespace).err == f"There was no {id} in {namespace}.\n"
    gone = run(at, "cache", "get", id, "-N", namespace)
    assert gone.code == 3
    assert f"has no entry {id}" in gone.err


def test_what_cannot_be_done_is_told(pair: Pair) -> None:
    """In a line that says what to do, before anything is done."""
    at, id = pair.first.address, new_id()
    refused = run(at, "cache", "set", "-", "-N", "catalogue", stdin=text(id))
    assert refused.code == 1
    assert "SaveModel" in refused.err
    for arguments, words in (
        (("set", "-", "-N", "own", "--metadata", "[1]"), "--metadata holds no object"),
        (("set", "-", "-N", "own", "--ttl", "soon"), "--ttl takes a span of time"),
        (("set", "/nowhere", "-N", "own"), "cannot be read"),
        (("invalidate",), "Name one: KEY, --tag TAG"),
        (("invalidate", id, "--all"), "Name one: KEY, --tag TAG"),
        (("rules", "try"), "Name a rule"),
        (("rules", "try", "x", "--entry", "a/b", "--tag", "c"), "Give one of"),
        (("watch", "--kind", "hits"), "There is no kind hits"),
        (("watch", "--output", "csv"), "There is no CSV of this"),
        (("list", "--limit", "3", "--all"), "Give --limit or --all"),
        (("history", "--reason", "because"), "'--reason'"),
    ):
        done = run(at, "cache", *arguments, stdin="{}")
        assert done.code == 2, arguments
        assert words in done.err
        assert done.out == ""
    assert run("localhost:1", "cache", "watch").code == 4
    assert run_on_terminal("localhost:1", "cache", "watch").code == 4


def test_lists_say_what_is_in_memory(pair: Pair) -> None:
    """As a table, as ids, as CSV and as JSON; by the options of models and the entries' own tags."""
    at, namespace = pair.first.address, own()
    one, two = sorted((new_id("acme"), new_id("other")))
    for id, tag in ((one, "x"), (two, "y")):
        assert run(at, "cache", "set", "-", "-N", namespace, "--tag", tag, stdin=text(id)).code == 0
    run(at, "cache", "get", one, "-N", namespace)
    listed = run(at, "cache", "list", "-N", namespace)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["key", one, two]
    assert re.fullmatch(r"2 entries, \d of them in this replica's memory\.\n", listed.err)
    assert run(at, "cache", "list", "-N", namespace, "-q", "--tag", "y").out.split() == [two]
    assert run(at, "cache", "list", "-N", namespace, "-q", "-p", "acme").out.split() == [one]
    csv = run(at, "cache", "list", "-N", namespace, "-o", "csv").out.splitlines()
    assert csv[0].startswith("namespace,key,entry_version,ttl_seconds,tags")
    assert [line.split(",")[1] for line in csv[1:]] == [one, two]
    rows = [json.loads(line) for line in run(at, "cache", "list", "-N", namespace, "--json").out.splitlines()]
    assert [row["value"]["id"] for row in rows] == [one, two]
    assert run(at, "cache", "list", "-N", own()).err == "No entry.\n"


def test_invalidations_and_their_history(pair: Pair) -> None:
    """Soft ones mark, hard ones delete; the history tells of both, and of who it was."""
    at, id, namespace = pair.first.address, new_id(), own()
    run(at, "cache", "set", "-", "-N", namespace, "--tag", "prices", stdin=text(id))
    soft = run(at, "cache", "invalidate", "--tag", "prices", "-N", namespace, "--soft")
    assert f"Invalidated: tag prices in {namespace}: 1 entry of callers" in soft.err
    assert "stale" in run(at, "cache", "get", id, "-N", namespace).out
    assert run(at, "cache", "list", "-N", namespace, "--stale", "-q").out.split() == [id]
    assert run(at, "cache", "invalidate", id, "-N", namespace).code == 0
    assert run(at, "cache", "get", id, "-N", namespace).code == 3
    assert run(at, "cache", "clear", namespace).err.startswith("Cleared: 0 entries of callers")
    history = run(at, "cache", "history", "--last", "1h", "-n", "40")  # what expires meanwhile stands there, too
    about = [line for line in history.out.splitlines() if namespace in line]
    assert [word in line for word, line in zip(("everything", id, "prices"), about, strict=True)] == [True] * 3
    assert "soft" in about[2]
    assert "in 90 days" in history.err
    tagged = run(at, "cache", "history", "--reason", "tag-invalidation", "-n", "1", "--json").out
    assert json.loads(tagged)["target"]["tags"]["tags"] == ["prices"]


def test_everything_is_invalidated_only_after_a_yes(pair: Pair) -> None:
    """At a terminal it asks; no answer but yes does anything."""
    at, id, namespace = pair.first.address, new_id(), own()
    run(at, "cache", "set", "-", "-N", namespace, stdin=text(id))
    kept = run_on_terminal(at, "cache", "invalidate", "--all", "-N", namespace, answer="n\n")
    assert kept.code == 1
    assert f"Invalidate all of {namespace}?" in kept.out
    assert run_on_terminal(at, "cache", "clear", namespace, answer="n\n").code == 1
    assert run(at, "cache", "get", id, "-N", namespace, "-q").out.strip() == id
    assert run_on_terminal(at, "cache", "invalidate", "--all", "-N", namespace, answer="y\n").code == 0
    assert run(at, "cache", "get", id, "-N", namespace).code == 3


def test_rules_from_their_creation_to_their_deletion(pair: Pair, tmp_path: Path) -> None:
    """The id is all that `create` writes to stdout, so that a script can take it; `show` tells what it is."""
    at, key, namespace = pair.first.address, new_id(), own()
    run(at, "cache", "set", "-", "-N", namespace, stdin=text(key))
    file = tmp_path / "rule.json"
    file.write_text(RULE % (namespace, namespace))
    tried = run(at, "cache", "rules", "try", "--file", str(file), "--tag", "anything")
    assert tried.out.splitlines() == ["It would fire, and be about 1 entry:", f"  {namespace}  {key}"], tried.err
    assert run(at, "cache", "rules", "try", "--file", str(file), "--entry", key).out == "It would not fire.\n"
    made = run(at, "cache", "rules", "create", str(file))
    id = made.out.strip()
    assert made.code == 0, made.err
    assert f"modeldex cache rules try {id}" in made.err
    assert "It would fire" in run(at, "cache", "rules", "try", id, "--tag", "anything").out
    shown = run(at, "cache", "rules", "show", id).out
    for part in ("tag invalidation happens", f'entry namespace equals "{namespace}"', "notify: seen", "enabled"):
        assert part in shown
    assert id in run(at, "cache", "rules", "list", "-q").out.split()
    file.write_text(json.dumps(json.loads(run(at, "cache", "rules", "show", id, "--json").out) | {"enabled": False}))
    assert "disabled" in run(at, "cache", "rules", "update", id, str(file), "--expected-version", "1").out
    assert id not in run(at, "cache", "rules", "list", "--enabled", "-q").out.split()
    assert run(at, "cache", "rules", "delete", id, "--expected-version", "1").code == 1
    assert run(at, "cache", "rules", "delete", id).err == f"Deleted: {id}.\n"
    assert run(at, "cache", "rules", "show", id).code == 3
    file.write_text('{"actions": 7}')
    assert run(at, "cache", "rules", "create", str(file)).code == 2


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_it_fits_the_terminal(pair: Pair, columns: int) -> None:
    """Statistics, lists, one entry and the history, however narrow."""
    at, id, namespace = pair.first.address, new_id(), own()
    run(at, "cache", "set", "-", "-N", namespace, "--tag", "x", stdin=text(id))
    run(at, "cache", "invalidate", "--tag", "x", "-N", namespace, "--soft")
    for command in (
        ("stats",), ("list", "-N", namespace), ("get", id, "-N", namespace), ("history", "-n", "5"), ("rules", "list"),
    ):  # fmt: skip
        done = run_on_terminal(at, "cache", *command, columns=columns)
        assert done.code == 0, done.out
        assert all(len(line) <= columns for line in done.plain if "of them in this" not in line and "in 90" not in line)


def test_statistics_for_programs(pair: Pair) -> None:
    """The contract's own message; people get what it means."""
    at = pair.first.address
    answer = json.loads(run(at, "cache", "stats", "--json").out)
    assert {"replicaId", "stats", "policies"} <= answer.keys()
    assert re.search(r"^hit rate +[█░]{20} ", run(at, "cache", "stats").out, re.MULTILINE)


@contextmanager
def watching(folder: Path, address: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path, Path]]:
    """A watch in a pipe that has begun; the process, what it wrote, what it said."""
    out, err = folder / "out", folder / "err"
    with out.open("w") as to, err.open("w") as talk:
        process = subprocess.Popen(
            [PROGRAM, "cache", "watch", *arguments], stdout=to, stderr=talk, env=environment(address), text=True
        )
    try:
        until(lambda: "Watching" in err.read_text() or process.poll() is not None, "the watch to begin")
        yield process, out, err
    finally:
        process.kill()
        process.wait(20)
        assert "Traceback" not in err.read_text()


def test_a_watch_in_a_pipe_is_a_line_an_event(pair: Pair, tmp_path: Path) -> None:
    """When, what, of which entry; Ctrl-C ends it with 130 and no more words."""
    at, one, namespace = pair.first.address, new_id(), own()
    with watching(tmp_path, at, "-N", namespace, "--kind", "set,deleted") as (process, out, err), Client(at) as client:
        client.cache.set(one, plain(one), namespace=own())
        client.cache.set(one, plain(one), namespace=namespace)
        client.cache.delete(one, namespace=namespace)
        until(lambda: len(out.read_text().splitlines()) == 2, "two lines")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    lines = [re.split(" {2,}", line)[1:3] for line in out.read_text().splitlines()]
    assert lines == [["set", one], ["deleted", one]]
    assert err.read_text() == f"Watching the cache of {at}. Ctrl-C ends it.\n"


def test_a_watch_for_programs(pair: Pair, tmp_path: Path) -> None:
    """Whole events of the contract, one a line."""
    at, one, namespace = pair.first.address, new_id(), own()
    with watching(tmp_path, at, "--json", "-N", namespace, "--kind", "set") as (_, out, _), Client(at) as client:
        client.cache.set(one, plain(one), namespace=namespace, tags="x")
        until(lambda: out.read_text().endswith("\n"), "an event")
        event = json_format.Parse(out.read_text(), CacheEvent())
    assert event.kind == CacheEventKind.CACHE_EVENT_KIND_SET
    assert (event.entry.key, event.entry.namespace) == (one, namespace)


def test_a_watch_at_a_terminal_is_a_picture_that_lives(pair: Pair) -> None:
    """Hit rate, memory and rates move as reads come; the last events stand below. Ctrl-C ends it."""
    at, one, namespace = pair.first.address, new_id(), own()
    with on_terminal(at, "cache", "watch", "-N", namespace, columns=100) as screen, Client(at) as client:
        until(lambda: "memory" in screen.plain, f"a picture, not {screen.plain}")
        _until_shown(screen, client, one, namespace)

        def read() -> bool:
            for _ in range(20):
                client.cache.get(one, namespace=namespace)
            return re.search(rf"hit +{one} +{namespace}", screen.plain) is not None

        until(read, "a hit")
        until(lambda: read() and re.search(r"a second +[\d,.]*[1-9]\S* hits", screen.plain), "a rate")
        assert screen.interrupt() == 130


def _until_shown(screen: Screen, client: Client, id: str, namespace: str) -> None:
    """Set an entry until the picture tells of it: it is drawn before its stream of events has begun."""

    def shown() -> bool:
        client.cache.set(id, plain(id), namespace=namespace)
        return re.search(rf"\d\d:\d\d:\d\d +set +{id}", screen.plain) is not None

    until(shown, "the event")


@pytest.mark.parametrize(("arguments", "variables"), [(["--lines"], {}), ([], {"TERM": "dumb"})])
def test_a_watch_at_a_terminal_can_be_lines(pair: Pair, arguments: list[str], variables: dict[str, str]) -> None:
    """Where they are asked for, and where the terminal can do nothing else."""
    at, one, namespace = pair.first.address, new_id(), own()
    watch = ("cache", "watch", "-N", namespace, *arguments)
    with on_terminal(at, *watch, **variables) as screen, Client(at) as client:
        until(lambda: "Watching" in screen.plain, "it to begin")
        client.cache.set(one, plain(one), namespace=namespace)
        until(lambda: one in screen.plain, "the line")
        assert "a second" not in screen.plain


def test_a_picture_outlives_its_server(database_url: str, tmp_path: Path) -> None:
    """It says that the server is away, connects again, and goes on."""
    listen = f"127.0.0.1:{free_port()}"
    with (
        ServerProcess(tmp_path / "server", database_url=database_url, listen=listen).start() as server,
        on_terminal(listen, "cache", "watch", "--kind", "set", columns=100) as screen,
    ):
        until(lambda: "memory" in screen.plain, "a picture")
        with Client(listen) as client:
            _until_shown(screen, client, new_id(), "own")
        server.kill()
        until(lambda: "Connecting again." in screen.plain, "the trouble to be told")
        server.start()
        with Client(listen) as client:
            _until_shown(screen, client, new_id(), "own")


def test_keys_are_proposed(pair: Pair) -> None:
    """Of the namespace that stands on the line, and rules by their ids."""
    at, id, namespace = pair.first.address, new_id(), own()
    run(at, "cache", "set", "-", "-N", namespace, stdin=text(id))
    line = f"modeldex cache get -N {namespace} {id[:8]}"

    def proposed() -> list[str]:
        return run(at, _MODELDEX_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD="5").out.split()

    # Where the answer does not come at once there is no proposal.
    assert until(proposed, "a proposal") == [id]
