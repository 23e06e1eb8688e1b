"""The history on the command line, as people and programs run it: `history`, `diff`, `changes`, pins, rollbacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from google.protobuf import json_format

from modeldex.v1.history_pb2 import ModelDiff, Rollback
from modeldex_client import Client
from modeldex_server.store.embedded import EmbeddedServer
from support.checks import Catalogue
from support.commands import Done, run, run_on_terminal
from support.databases import empty_database
from support.models import new_id, plain
from support.principals import TokensFile
from support.providers import FakeProvider, fake_provider
from support.servers import ServerProcess
from support.waiting import until

ROLES = {"dana": ("writer",), "erin": ("approver",), "ops": ("admin", "break_glass")}
CODES = re.compile(r"\x1b\[")


@dataclass(frozen=True)
class House:
    """A server that asks for tokens, a source of it, and the tokens of three people."""

    server: ServerProcess
    provider: FakeProvider
    tokens: dict[str, str]

    def run(self, name: str, *arguments: str, **variables: str) -> Done:
        """Run the command as one of them."""
        return run(self.server.address, *arguments, MODELDEX_TOKEN=self.tokens[name], **variables)

    def on_terminal(self, name: str, *arguments: str, columns: int = 100, answer: str = "") -> Done:
        """The same on a terminal."""
        token = self.tokens[name]
        return run_on_terminal(self.server.address, *arguments, columns=columns, answer=answer, MODELDEX_TOKEN=token)

    def client(self, name: str) -> Client:
        return Client(self.server.address, token=self.tokens[name])

    def listed(self) -> str:
        """A model that the source lists, in its first version."""
        name = new_id("fake").partition("/")[2]
        self.provider.lists(name)
        with self.client("ops") as client:
            client.providers.refresh("fake")
        return f"fake/{name}"


@pytest.fixture(scope="module")
def house(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {name: principals.add(name, *roles) for name, roles in ROLES.items()}
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        provider = stack.enter_context(fake_provider())
        Catalogue(url).run("UPDATE discovery_state SET running = false")
        settings = {
            "MODELDEX_TOKENS_FILE": str(principals.path),
            "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
            "MODELDEX_SOURCES__FAKE__URL": provider.url,
        }
        server = stack.enter_context(ServerProcess(folder / "one", database_url=url, settings=settings))
        yield House(server.start(), provider, tokens)
        assert server.left_behind == []


def saved(house: House) -> str:
    """A model with two versions: the second costs more and takes less."""
    id = new_id()
    with house.client("dana") as client:
        client.models.save(plain(id), reason="the first")
        dearer = plain(id)
        dearer.context_window = 4000
        dearer.prices["input"].amount = "3.5"
        client.models.save(dearer, reason="the second")
    return id


def test_a_timeline_tells_what_changed_and_why(house: House) -> None:
    """Every version, the newest first, in words; for programs whole versions of the contract, or rows."""
    id = saved(house)
    told = house.run("dana", "history", id)
    assert (told.code, told.err) == (0, "2 versions.\n")
    assert [re.sub(r"\d{4}-\S+ \S+ UTC", "TIME", line) for line in told.out.splitlines()] == [
        "2  TIME  changed by dana",
        "   the second",
        "   context window 8,000 -> 4,000",
        "   price of input 2.5 -> 3.5 USD per million tokens",
        "1  TIME  created by dana",
        "   the first",
    ]
    assert "\x1b[1m2\x1b[0m" in house.on_terminal("dana", "history", id).out
    versions = [json.loads(line) for line in house.run("dana", "history", id, "--json").out.splitlines()]
    assert [version["version"] for version in versions] == ["2", "1"]
    csv = house.run("dana", "history", id, "--output", "csv", "--limit", "1").out.splitlines()
    assert csv[0].startswith("model_id,version,revision,create_time,operation")
    assert len(csv) == 2
    assert house.run("dana", "history", id, "-q").out.split() == ["2", "1"]
    assert house.run("dana", "history", id, "--operation", "delete").err == "No version.\n"


def test_the_whole_history_is_counted(house: House) -> None:
    saved(house)
    assert re.match(r"versions +\d", house.run("dana", "history").out)
    assert "versionsByOperation" in json.loads(house.run("dana", "history", "--json").out)


def test_a_diff_shows_what_breaks(house: House) -> None:
    """Of the last two unless told, either way; coloured on a terminal, plain in a pipe, whole for programs."""
    id = saved(house)
    told = house.run("dana", "diff", id)
    head, _, *rows = told.out.splitlines()
    assert head == f"{id}  version 1 -> 2: 2 breaking changes, impact high"
    assert [re.split(" {2,}", row) for row in rows] == [
        ["breaking", "context window", "8,000", "4,000", "high", "limit-lowered"],
        ["breaking", "price of input", "2.5", "3.5 USD per million tokens", "high", "price-raised"],
    ]
    back = house.run("dana", "diff", id, "2", "1").out
    assert f"{id}  version 2 -> 1: 2 compatible changes" in back
    assert "\x1b[31mbreaking\x1b[0m" in house.on_terminal("dana", "diff", id).out
    assert not CODES.search(told.out)
    diff = json_format.Parse(house.run("dana", "diff", id, "--json").out, ModelDiff())
    assert (diff.from_version, diff.to_version, diff.summary.breaking_count, len(diff.hash)) == (1, 2, 2, 32)
    assert house.run("dana", "diff", id, "1", "1").out == f"{id}  version 1 -> 1: nothing differs\n"
    assert len(house.run("dana", "diff", id, "-o", "csv").out.splitlines()) == 3


def test_changes_are_found_across_models(house: House) -> None:
    """By model, field, class, type, operation, principal and time."""
    id = saved(house)
    for arguments, count in (
        (("--field", "prices.input.amount", "--class", "breaking", "--since", "1h"), 1),
        (("--type", "removed"), 0),
        (("--by", "dana", "--operation", "update"), 1),
        (("--by", "nobody"), 0),
        (("--until", "2000-01-01"), 0),
        (("--provider", id.partition("/")[0]), 2),
    ):
        found = house.run("dana", "changes", "--model", id, *arguments)
        assert found.code == 0, found.err
        assert found.err == {0: "No change.\n", 1: "1 change.\n", 2: "2 changes.\n"}[count], arguments
    found = house.run("dana", "changes", "--model", id, "--limit", "1")
    assert "context window 8,000 -> 4,000; price of input 2.5 -> 3.5" in found.out
    assert house.run("dana", "changes", "--model", id, "-q").out.split() == [f"{id}@2", f"{id}@1"]


def test_a_pin_holds_until_it_is_taken_out(house: House) -> None:
    """No refresh changes what is pinned; who, why and until when are told; afterwards sources count again."""
    id = house.listed()
    pinned = house.run("dana", "pin", id, "context_window=9k", "tags", "-r", "as tested")
    assert pinned.code == 2
    assert "a value to each field or to none" in pinned.err
    pinned = house.run("dana", "pin", id, "context_window=9k", "--reason", "as tested", "--for", "7d")
    assert (pinned.code, pinned.err) == (0, f"Pinned: {id} is version 2, and holds context window 9,000.\n")
    with house.client("ops") as client:
        client.providers.refresh("fake")
    assert json.loads(house.run("dana", "models", "get", id, "--json").out)["contextWindow"] == "9000"
    listed = house.run("dana", "pins", id)
    assert re.search(rf"^{id} +context window 9,000 +\d{{4}}-.* UTC +dana +2 +as tested$", listed.out, re.MULTILINE)
    assert json.loads(house.run("dana", "pins", id, "--json").out)["path"] == "context_window"
    unpinned = house.run("dana", "unpin", id, "context_window")
    assert unpinned.err == f"Unpinned: {id}: version 3 is what its sources say.\n"
    assert "contextWindow" not in json.loads(house.run("dana", "models", "get", id, "--json").out)
    assert house.run("dana", "pins", id).err == "No pin.\n"
    told = house.run("dana", "history", id).out
    assert "pinned: context window 9,000, until" in told
    assert "no longer pinned: context window 9,000" in told


def enlarged(house: House) -> str:
    """A model that a pin gave a window in version 2, and a larger one in version 3."""
    id = house.listed()
    with house.client("dana") as client:
        for tokens in (8000, 9000):
            client.history.pin(id, {"context_window": tokens}, reason="as tested")
    return id


def requested(house: House) -> tuple[str, str]:
    """Such a model, and the id of dana's request to put version 2 back."""
    id = enlarged(house)
    with house.client("dana") as client:
        return id, client.history.rollbacks.request(id, 2, reason="too large").id


def test_a_rollback_is_approved_by_somebody_who_saw_it(house: House) -> None:
    """The diff is shown and asked about at a terminal; only a yes approves, and never of the one who asked."""
    id = enlarged(house)
    asked = house.run("dana", "rollback", "request", id, "2", "--reason", "too large")
    rollback = asked.out.strip()
    assert asked.code == 0, asked.err
    assert f"modeldex rollback approve {rollback}" in asked.err
    kept = house.on_terminal("erin", "rollback", "approve", rollback, answer="n\n")
    assert kept.code == 1
    plain = "\n".join(kept.plain)
    for part in (f"{id}  version 3 -> 2", "limit-lowered", "dana asks for it: too large", "Approve it?"):
        assert part in plain
    assert house.run("erin", "rollback", "list", "--state", "pending", "-q").out.split() == [rollback]
    assert house.run("dana", "rollback", "approve", rollback, "--yes").code == 5
    done = house.on_terminal("erin", "rollback", "approve", rollback, answer="y\n")
    assert done.code == 0
    assert f"Rolled back: {id} is as version 2 says again, in version 4." in "\n".join(done.plain)
    shown = house.run("erin", "rollback", "show", rollback).out
    for part in ("state      executed", "requested", "by dana", "approval   1 of 1", "made       version 4"):
        assert part in shown
    assert "the whole model" in house.run("erin", "pins", id).out
    again = house.run("erin", "rollback", "reject", rollback, "-r", "late")
    assert (again.code, "nothing can be decided any more" in again.err) == (1, True)


def test_a_script_names_the_diff_it_saw(house: House) -> None:
    """Where nobody looks there is no approval without the hash; another hash approves nothing."""
    _, rollback = requested(house)
    blind = house.run("erin", "rollback", "approve", rollback)
    assert (blind.code, "--diff-hash" in blind.err) == (2, True)
    assert house.run("erin", "rollback", "approve", rollback, "--diff-hash", "no hash").code == 2
    wrong = house.run("erin", "rollback", "approve", rollback, "--diff-hash", "00" * 32)
    assert (wrong.code, "another diff" in wrong.err) == (1, True)
    seen = json_format.Parse(house.run("erin", "rollback", "show", rollback, "--json").out, Rollback())
    done = house.run("erin", "rollback", "approve", rollback, "--diff-hash", seen.diff.hash.hex(), "--json")
    assert (done.code, json.loads(done.out)["state"]) == (0, "ROLLBACK_STATE_EXECUTED")


def test_a_rollback_that_is_rejected_or_taken_back_changes_nothing(house: House) -> None:
    for step, name, word in (("reject", "erin", "Rejected"), ("cancel", "dana", "Cancelled")):
        id, rollback = requested(house)
        done = house.run(name, "rollback", step, rollback, "--reason", "no")
        assert (done.code, done.err) == (0, f"{word}: {rollback}; {id} stays as it is.\n")
        assert json.loads(house.run(name, "models", "get", id, "--json").out)["contextWindow"] == "9000"
    assert house.run("dana", "rollback", "show", "rb_none").code == 3


def test_broken_glass_needs_its_role(house: House) -> None:
    id, rollback = requested(house)
    asked = ("rollback", "request", id, "2", "-r", "now", "--break-glass")
    assert house.run("dana", *asked).code == 5
    assert f"Rolled back: {id}" in house.run("ops", *asked).err
    assert "none: the glass was broken" in "\n".join(
        house.run("ops", "rollback", "show", one).out
        for one in house.run("ops", "rollback", "list", "-m", id, "-q").out.split()
    )
    assert "stale" in house.run("ops", "rollback", "show", rollback).out


def test_the_audit_trail_and_the_purge_are_for_admins(house: House) -> None:
    """Who did what, and what was refused; what would go."""
    id = saved(house)
    assert house.run("dana", "audit").code == 5
    found = house.run("ops", "audit", "--about", id, "--method", "SaveModel", "--by", "dana", "--since", "1h")
    assert (found.code, found.err) == (0, "2 events.\n")
    assert re.search(rf"dana +token +\S+ +SaveModel +{id} +changed +1 -> 2 +the second", found.out)
    refused = house.run("ops", "audit", "--refused", "--by", "dana", "--limit", "100", "-o", "csv").out
    assert "CleanupHistory" not in refused
    assert house.run("dana", "purge").code == 5
    assert "CleanupHistory" in house.run("ops", "audit", "--refused", "--by", "dana").out
    assert house.run("ops", "purge", "--dry-run").out == "There is nothing to purge.\n"
    assert house.run("ops", "purge", id, "--json").out.startswith("{")


def test_what_cannot_be_done_is_told(house: House) -> None:
    """In a line that says what to do, before anything is done; unknown models propose near ones."""
    id = saved(house)
    near = house.run("dana", "history", f"{id}x")
    assert near.code == 3
    assert f"Near it: {id}" in near.err
    assert house.run("dana", "diff", id, "1", "9").code == 3
    once = new_id()
    with house.client("dana") as client:
        client.models.save(plain(once))
    assert "has one version only" in house.run("dana", "diff", once).err
    for arguments, words in (
        (("history", "--limit", "3"), "Name a model"),
        (("history", id, "--limit", "3", "--all"), "Give --limit or --all"),
        (("diff", id, "0"), "'A'"),
        (("changes", "--since", "soon"), "--since takes a span or a date"),
        (("changes", "--class", "bad"), "'--class'"),
        (("pin", id), "--reason"),
        (("pin", id, "-r", "x", "--for", "1d", "--until", "2030-01-01"), "Give --for or --until"),
        (("rollback", "request", id, "one", "-r", "x"), "VERSION"),
    ):
        done = house.run("dana", *arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert words in done.err
    unlisted = house.run("dana", "pin", id, "-r", "x")
    assert (unlisted.code, "SaveModel" in unlisted.err) == (1, True)


def test_the_shell_completes_rollbacks_that_wait(house: House) -> None:
    _, rollback = requested(house)
    line = f"modeldex rollback approve {rollback[:12]}"

    def proposed() -> list[str]:
        done = house.run("erin", _MODELDEX_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD="3")
        return done.out.split()

    # Where the server does not answer in a moment nothing is proposed.
    assert until(proposed, "a proposal") == [rollback]


@pytest.mark.parametrize("columns", [40, 100])
def test_it_fits_the_terminal(house: House, columns: int) -> None:
    """Diffs, changes, pins, rollbacks and the audit trail, however narrow."""
    id, rollback = requested(house)
    for command in (
        ("diff", id), ("changes", "-m", id), ("pins", id), ("rollback", "show", rollback),
        ("rollback", "list", "-m", id), ("audit", "--about", id), ("history",),
    ):  # fmt: skip
        done = house.on_terminal("ops", *command, columns=columns)
        assert done.code == 0, done.out
        talk = re.compile(r"\d+ .*\.|.*  version \d+ -> \d+: .*")
        assert [line for line in done.plain if len(line) > columns and not talk.fullmatch(line)] == []
