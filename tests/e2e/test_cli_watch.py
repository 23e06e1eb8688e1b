"""`modeldex watch`, as people and programs run it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.protobuf import json_format

from modeldex_client import Client, ModelUpdate, ModelUpdateType, UpdateEvent
from support.checks import Catalogue
from support.commands import PROGRAM, environment, run
from support.models import new_id, plain
from support.pairs import Pair
from support.ports import free_port
from support.proxies import proxy
from support.servers import ServerProcess
from support.waiting import until


class Watching:
    """A watch that runs; its lines as they come, whole once it has ended."""

    def __init__(self, process: subprocess.Popen[str], out: Path, err: Path) -> None:
        self.process = process
        self._out, self._err = out, err

    @property
    def lines(self) -> list[str]:
        return self._out.read_text().splitlines()

    @property
    def said(self) -> str:
        return self._err.read_text()

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def watching(folder: Path, address: str, *arguments: str, begun: bool = True) -> Iterator[Watching]:
    """Run it until the end of the block, which begins when the watch has begun."""
    out, err = folder / "out", folder / "err"
    with out.open("w") as to, err.open("w") as talk:
        process = subprocess.Popen(
            [PROGRAM, "watch", *arguments], stdout=to, stderr=talk, env=environment(address), text=True
        )
    one = Watching(process, out, err)
    try:
        if begun:
            until(lambda: "Watching" in one.said or process.poll() is not None, "the watch to begin")
        yield one
    finally:
        process.kill()
        process.wait(20)
        assert "Traceback" not in one.said, one.said


def cells(line: str) -> list[str]:
    """What stands in a line; two blanks at least lie between."""
    return re.split(r" {2,}", line)


def test_a_line_a_change(pair: Pair, tmp_path: Path) -> None:
    """When, of what, and what changed in short; Ctrl-C ends it with 130 and no more words."""
    id, other = new_id(), new_id("other")
    with watching(tmp_path, pair.first.address, "-p", "acme") as watch, Client(pair.first.address) as client:
        model = plain(id, "One")
        client.models.save(model)
        model.context_window = 200_000
        model.prices["input"].amount = "2"
        model.capabilities["vision"].flag = True
        client.models.save(model)
        client.models.save(plain(other))
        client.models.delete(id)
        until(lambda: len(watch.lines) == 3, f"three lines, not {watch.lines}")
        assert watch.interrupt() == 130
    first, second, third = (cells(line) for line in watch.lines)
    assert [line[-1] for line in (first, third)] == ["added", "removed"]
    assert {line[-2] for line in (first, second, third)} == {id}
    assert second[-1] == "+vision, context 8k -> 200k, input 2.5 -> 2 USD/M"
    assert time.strptime(first[0], "%Y-%m-%d %H:%M:%S")
    assert len(watch.said.splitlines()) == 1


def test_json_is_one_event_a_line(pair: Pair, tmp_path: Path) -> None:
    """Whole events of the contract, of every kind that was asked for, from a revision on."""
    id = new_id()
    model = plain(id, "One")
    model.capabilities["vision"].flag = True
    with Client(pair.first.address) as client:
        revision = client.models.save(model).revision
    since = ("--since", str(revision - 1))
    with watching(tmp_path, pair.first.address, "--json", *since, "--kind", "model", "--kind", "capability") as watch:
        until(lambda: len(watch.lines) >= 2, "two events")
        events = [json_format.Parse(line, UpdateEvent()) for line in watch.lines]
    assert [(event.revision, event.WhichOneof("update")) for event in events[:2]] == [
        (revision, "model"),
        (revision, "capability"),
    ]
    assert events[0].model.after.id == id
    assert events[1].capability.gained_model_ids == [id]


def test_quiet_gives_ids(pair: Pair, tmp_path: Path) -> None:
    id = new_id()
    with watching(tmp_path, pair.first.address, "-q", "-p", "acme", begun=False) as watch:
        with Client(pair.first.address) as client:

            def heard() -> bool:
                client.models.save(plain(id, f"{time.time()}"))
                return bool(watch.lines)

            until(heard, "an id")
        watch.interrupt()
    assert {*watch.lines} == {id}
    assert watch.said == ""


def test_it_says_that_it_connects_again(pair: Pair, tmp_path: Path) -> None:
    """Once when the connection is lost and once when there is one again, however many attempts it takes."""
    before, meanwhile = new_id(), new_id()
    with (
        Client(pair.first.address) as client,
        proxy(pair.first.address) as one,
        watching(tmp_path, one.address, "-p", "acme") as watch,
    ):
        client.models.save(plain(before))
        until(lambda: watch.lines, "the first")
        one.cut()
        client.models.save(plain(meanwhile))
        until(lambda: len(watch.lines) == 2, "the second")
        watch.interrupt()
    assert [cells(line)[-2] for line in watch.lines] == [before, meanwhile]
    said = watch.said.splitlines()
    assert len(said) == 3
    assert said[1].endswith("Connecting again.")
    assert said[2].startswith("Connected again, after revision ")


def test_a_server_that_comes_back_is_followed(database_url: str, tmp_path: Path) -> None:
    """kill -9 and a later start: what was committed while the watch was alone is shown, too."""
    Catalogue(database_url).run("UPDATE discovery_state SET running = false")
    listen = f"127.0.0.1:{free_port()}"  # which nobody else is given while the server is away
    with ServerProcess(tmp_path / "server", database_url=database_url, listen=listen) as server:
        server.start()
        with watching(tmp_path, server.listen, "--since", "0") as watch:
            server.kill()
            with (
                ServerProcess(tmp_path / "other", database_url=database_url).start() as other,
                Client(other.address) as client,
            ):
                client.models.save(plain("acme/one"))
            server.start()
            until(lambda: watch.lines, "the line")
            assert watch.interrupt() == 130
        assert "acme/one" in watch.lines[0]


def test_what_it_cannot_do_it_says_at_once(pair: Pair) -> None:
    """Nobody there, a revision that is not there yet, conditions that exclude each other."""
    at = pair.first.address
    nobody = run("localhost:1", "watch")
    assert (nobody.code, nobody.out) == (4, "")
    assert "the connection was refused" in nobody.err
    assert run(at, "watch", "--since", "999999").code == 2
    assert "There is no revision 999999 yet" in run(at, "watch", "--since", "999999").err
    assert run(at, "watch", "--kind", "provider", "--has", "vision").code == 2
    assert run(at, "watch", "--output", "csv").code == 2
    assert run(at, "watch", "--kind", "models").code == 2


def test_a_closed_pipe_ends_it(pair: Pair, tmp_path: Path) -> None:
    """`modeldex watch | head -1` ends soon after the first line, also where nothing follows."""
    with Client(pair.first.address) as client:
        since = client.models.save(plain(new_id())).revision - 1
    command = f"{PROGRAM} watch --since {since} -q | head -1"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(pair.first.address),
    )
    assert len(done.stdout.splitlines()) == 2
    assert (done.stdout.splitlines()[1], done.stderr) == ("141", "")


def test_what_came_from_outside_is_text(pair: Pair, tmp_path: Path) -> None:
    """No character that a terminal would obey reaches the line."""
    id = "acme/\u202emodel"
    update = ModelUpdate(type=ModelUpdateType.MODEL_UPDATE_TYPE_UPDATED, model_id=id)
    change = update.changes.add(path='capabilities["\\u001b[31m"]', kind=2)  # type: ignore[arg-type] # a number
    change.new_value.string_value = "\x1b[2J\nnext"
    with watching(tmp_path, pair.first.address, "--kind", "model") as watch, Client(pair.first.address) as client:
        client.publish([UpdateEvent(model=update)])
        until(lambda: watch.lines, "a line")
        watch.interrupt()
    (line,) = watch.lines
    assert cells(line)[-2:] == ["acme/<U+202E>model", "<U+001B>[31m <U+001B>[2J next (published)"]
