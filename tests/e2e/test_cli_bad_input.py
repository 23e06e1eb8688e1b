"""What goes wrong at the command: one clear line, the right exit code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from modeldex.v1 import model_pb2
from modeldex_client import Client
from modeldex_server.security import tokens
from modeldex_server.security.roles import Role
from support.commands import PROGRAM, Done, environment, run, run_on_terminal
from support.models import new_id, plain
from support.pairs import Pair
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import until

OK, FAILED, USAGE, NOT_FOUND, UNAVAILABLE, DENIED, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 3, 4, 5, 130, 141


def told(done: Done, code: int, *words: str) -> None:
    """It ended so, wrote no data, and its one line holds the words."""
    assert done.code == code, done
    assert done.out == ""
    assert len(done.err.splitlines()) == 1, done.err
    for word in words:
        assert word in done.err


@pytest.fixture
def address(pair: Pair) -> str:
    return pair.first.address


def test_no_server(address: str) -> None:
    """It says where nobody answered and how to start a server."""
    target = f"localhost:{free_port()}"
    told(run(target, "models", "list"), UNAVAILABLE, target, "modeldex serve", "MODELDEX_TARGET")
    told(run("no-such-host.invalid:1", "status"), UNAVAILABLE, "no-such-host.invalid")
    told(run("http://x", "status"), USAGE, "HOST:PORT")


def test_a_server_that_asks_for_tokens(tmp_path: Path, database_url: str) -> None:
    """Without a token, with a wrong one, with one that may not: exit code 5. With the right one: an answer."""
    token = tokens.add(tmp_path / "tokens.toml", "reader", frozenset({Role.READER}))
    (tmp_path / "mine").write_text(f"{token}\n")
    with ServerProcess(tmp_path, database_url=database_url).start() as server:
        at = server.address
        told(run(at, "models", "list"), DENIED, "token")
        told(run(at, "models", "list", MODELDEX_TOKEN="mdx_wrong"), DENIED, "token")
        told(run(at, "config", "set", "retry_attempts=1", MODELDEX_TOKEN=token), DENIED, "admin")
        assert run(at, "models", "list", MODELDEX_TOKEN=token).code == OK
        assert run(at, "models", "list", "--token-file", str(tmp_path / "mine")).code == OK
        typed = run(at, "models", "list", "--token", token)
        assert (typed.code, "can be seen by others" in typed.err, token in typed.err) == (OK, True, False)
        told(run(at, "models", "list", "--token-file", str(tmp_path / "absent")), USAGE, "absent", "No such file")


def test_a_server_with_tls(tmp_path: Path, database_url: str) -> None:
    """Without --tls it says what to switch on; with --ca it answers; with another authority it says which file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    issued.private_key_pem.write_to_path(tmp_path / "server.key")
    settings = {
        "MODELDEX_TLS_CERTIFICATE": str(tmp_path / "server.pem"),
        "MODELDEX_TLS_KEY": str(tmp_path / "server.key"),
    }
    server = ServerProcess(tmp_path, database_url=database_url, settings=settings, listen="localhost:0")
    with server.start():
        at = "localhost:" + server.address.rpartition(":")[2]
        told(run(at, "models", "list"), UNAVAILABLE, "TLS", "MODELDEX_TLS=1")
        told(run(at, "models", "list", "--ca", str(tmp_path / "other.pem")), UNAVAILABLE, "not trusted", "MODELDEX_CA")
        assert run(at, "models", "list", "--ca", str(tmp_path / "ca.pem")).code == OK
        assert run(at, "models", "list", "--tls", MODELDEX_CA=str(tmp_path / "ca.pem")).code == OK
        told(run(at, "models", "list", "--ca", str(tmp_path / "absent.pem")), USAGE, "absent.pem")


def test_tls_to_a_server_without(address: str) -> None:
    """It says that the server speaks no TLS."""
    told(run(address, "models", "list", "--tls"), UNAVAILABLE, "TLS", "MODELDEX_TLS=0")


def test_what_answers_is_a_web_server() -> None:
    """A proxy that answers HTML is named as what it is: no gRPC server."""
    with web_server() as target:
        told(run(target, "models", "list"), UNAVAILABLE, target)


@contextmanager
def web_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n\r\n<html>no</html>")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["models", "list", "--has", "visoin"], ["vision"]),
        (["models", "list", "--min-context", "12q"], ["--min-context", "128k"]),
        (["models", "list", "--max-price", "5"], ["--max-price", "input=1.50"]),
        (["models", "list", "--max-price", "input=1e3"], ["--max-price"]),
        (["models", "list", "--retires-before", "soon"], ["--retires-before", "2026-12-31"]),
        (["models", "list", "--limit", "0"], ["--limit", "modeldex models list --help"]),
        (["models", "list", "--limit", "3", "--all"], ["--limit", "--all"]),
        (["models", "list", "--sort", "weight"], ["--sort", "price"]),
        (["models", "list", "--frobnicate"], ["--frobnicate", "modeldex models list --help"]),
        (["models", "lst"], ["list"]),
        (["model", "list"], ["models"]),
        (["models", "get"], ["ID", "modeldex models get --help"]),
        (["providers", "list", "--stale", "old"], ["--stale", "2h"]),
        (["config", "set", "colour=red"], ["refresh_interval"]),
        (["config", "set", "refresh_interval=1s"], ["10 seconds"]),
        (["config", "set", "retry_attempts=many"], ["retry_attempts"]),
        (["config", "set", "cache_enabled=0"], ["cache_enabled", "true or false"]),
        (["status", "--json", "-o", "csv"], ["--json"]),
        (["status", "-o", "csv"], ["--json"]),
        (["models", "save", "/no/such/file"], ["/no/such/file"]),
        (["-t", "localhost:1", "serve"], ["serve"]),
        (["-q"], ["models", "status"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_line_is_told_what_is_right(address: str, line: list[str], words: list[str]) -> None:
    """Exit code 2 and one line that names the option and a value that it takes."""
    told(run(address, *line), USAGE, *words)


@pytest.mark.parametrize("text", ["", "{", '{"id": 3}', '{"id": "acme/x", "contextWindow": "many"}', "\x00"])
def test_what_is_no_model_is_not_saved(address: str, text: str) -> None:
    """One line says where it came from and what is wrong with it."""
    told(run(address, "models", "save", "-", stdin=text), USAGE, "stdin holds no model")


def test_every_rule_that_a_model_breaks_is_told(address: str) -> None:
    """A line for each, so that one attempt is enough to mend all."""
    model = {"id": new_id(), "contextWindow": "-3", "prices": {"input": {"amount": "1e5"}}}
    done = run(address, "models", "save", "-", stdin=json.dumps(model))
    assert (done.code, len(done.err.splitlines())) == (USAGE, 3)
    assert "model.context_window" in done.err


def test_a_wrong_id_is_told_near_ones(pair: Pair) -> None:
    """A letter too few, letters swapped, a wrong provider: the right id is proposed."""
    with Client(pair.first.address) as client:
        client.models.save(plain("nearby/llama-3.1-70b"))
    for wrong in ("nearby/llama-31-70b", "nearby/lalma-3.1-70b", "naerby/llama-3.1-70b", "llama-3.1-70b"):
        told(run(pair.first.address, "models", "get", wrong), NOT_FOUND, wrong, "nearby/llama-3.1-70b")


def test_an_id_with_shell_characters(pair: Pair) -> None:
    """It works, and in advice it is quoted so that the shell takes it as one word."""
    at, id = pair.first.address, f"{new_id()} y$(id);'"
    with Client(at) as client:
        client.models.save(plain(id))
    assert run(at, "models", "get", id, "-q").out == f"{id}\n"
    deleted = run(at, "models", "delete", id)
    assert (deleted.code, deleted.out) == (OK, "")
    advice = deleted.err.partition("To bring it back: ")[2].strip()
    script = f'set -- {advice}; printf %s "$4"'
    assert subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout == id
    told(run(at, "models", "get", id), NOT_FOUND, "was deleted", "modeldex models undelete")


def test_text_of_others_commands_no_terminal(pair: Pair) -> None:
    """Marks of direction are shown as codes and markup as text; JSON and -q give a terminal nothing to obey either."""
    at, id = pair.first.address, new_id()
    with Client(at) as client:
        model = plain(id, name="[bold red]x[/] \u202egnp.exe \u2066", family="[link=x]y")
        client.models.save(model)
    for line in (["get", id], ["get", id, "--json"], ["get", id, "-o", "csv"], ["list", "-p", "acme", "--all"]):
        shown = run_on_terminal(at, "models", *line, NO_COLOR="1").out
        assert not any(mark in shown for mark in "\u202e\u2066\x1b\x07"), line
    shown = run(at, "models", "get", id).out
    assert "[bold red]x[/] <U+202E>gnp.exe <U+2066>" in shown


def test_a_closed_pipe_is_no_error(pair: Pair) -> None:
    """`modeldex models list | head -1` is silent, whatever is left to write."""
    with Client(pair.first.address) as client:
        for _ in range(300):
            client.models.save(model_pb2.Model(id=new_id("piped"), description="x" * 4000))
    script = f"{PROGRAM} models list -p piped --json -q | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(pair.first.address),
    )
    assert (done.stdout.strip(), done.stderr) == (str(CLOSED_PIPE), "")


def test_a_full_disk_is_told(address: str) -> None:
    """What cannot be written is a failure, not a silence."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, "config", "show", "-q", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=environment(address),
        )
    assert (done.returncode, done.stderr) == (FAILED, "The answer cannot be written: No space left on device.\n")


def test_ctrl_c_in_a_refresh(pair: Pair) -> None:
    """One line that says what becomes of what was begun, and 130."""
    before = pair.provider.calls
    with pair.provider.held():
        process = subprocess.Popen(
            [PROGRAM, "providers", "refresh", "fake"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(pair.first.address),
        )
        until(lambda: pair.provider.calls > before, "the refresh to ask")
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED
    assert out == ""
    assert err == "Interrupted: 0 providers had ended; the server finishes what it has begun.\n"


def test_ctrl_c_elsewhere(pair: Pair) -> None:
    """A command that waits for an answer ends at once, too."""
    process = subprocess.Popen(
        [PROGRAM, "models", "save", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(pair.first.address),
    )
    until(lambda: _sleeps(process.pid), "it to read its stdin")
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (INTERRUPTED, "Interrupted.\n")


def _sleeps(pid: int) -> bool:
    """Whether it waits for its stdin."""
    return "pipe_read" in Path(f"/proc/{pid}/wchan").read_text()


def test_a_refresh_of_nobody(address: str) -> None:
    """An unknown provider is not found, and the line says where the known ones are."""
    told(run(address, "providers", "refresh", "nobody"), NOT_FOUND, "nobody", "modeldex providers list")


def test_a_refresh_that_fails_says_why(pair: Pair) -> None:
    """The row names the source and the reason, and the exit code is 1."""
    pair.provider.fails(503)
    try:
        done = run(pair.first.address, "providers", "refresh", "fake")
    finally:
        pair.provider.lists("one")
    assert done.code == FAILED
    assert done.out.startswith("fake  failed: fake answered with status 503")
    assert "modeldex providers list --status error" in done.err
    assert run(pair.first.address, "providers", "refresh", "fake").code == OK


def test_a_model_of_a_source_is_not_deleted(pair: Pair) -> None:
    """The refusal names the source and says what to do; exit code 1."""
    run(pair.first.address, "providers", "refresh", "fake")
    told(run(pair.first.address, "models", "delete", "fake/one", "--yes"), FAILED, "fake/one", "save under an id")
