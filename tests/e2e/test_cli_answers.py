"""The questions of an operator, answered by the command on the packaged catalogue."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from google.protobuf import json_format
from rich.cells import cell_len

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_pb2
from modeldex_client import Client
from modeldex_server.store.embedded import EmbeddedServer
from support.commands import Done, run, run_on_terminal
from support.databases import empty_database
from support.servers import ServerProcess
from support.waiting import until

WIDTHS = (40, 80, 200)


@pytest.fixture(scope="module")
def address(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the packaged catalogue."""
    with empty_database(postgres, template) as url:
        server = ServerProcess(tmp_path_factory.mktemp("packaged"), database_url=url)
        del server.settings["MODELDEX_SOURCES__MODELS_DEV__ENABLED"]
        with server:
            yield server.start().address


def rows(done: Done) -> list[list[str]]:
    """The cells of a table in a pipe, without its head; columns are two blanks apart."""
    return [re.split(r" {2,}", line.strip()) for line in done.out.splitlines()[1:]]


def test_the_ten_cheapest_models_with_vision_and_tools(address: str) -> None:
    """One line asks for them; they are in order, none is cheaper, and how many there are in all is said."""
    done = run(address, "models", "list", "--has", "vision,tools", "--sort", "price", "-n", "10")
    assert done.code == 0
    with Client(address) as client:
        wanted = pb.ModelFilter(capabilities_true=["vision", "function_calling"])
        expected = client.models.list(wanted, sort_field=pb.MODEL_SORT_FIELD_INPUT_PRICE, limit=10)
        assert [row[0] for row in rows(done)] == [model.id for model in expected]
        total = len([*client.models.list(wanted)])
    assert f"10 of {total:,} models; --all shows all." in done.err


def test_what_a_model_costs(address: str) -> None:
    """Every price of a model is shown exactly, with its unit and its tiers."""
    done = run(address, "models", "get", "openai/gpt-4o")
    assert done.code == 0
    assert re.search(r"price +input +2\.5 +USD per million tokens", done.out)
    assert re.search(r"\n +output +10 +USD per million tokens", done.out)
    assert re.search(r"\n +cache_read +1\.25 +USD per million tokens", done.out)
    tiered = run(address, "models", "get", "openai/gpt-5.4-pro").out
    assert re.search(r"60 above 272,000 tokens", tiered)


def test_what_a_model_can(address: str) -> None:
    """What it has, what it has not, and nothing of what is unknown."""
    shown = run(address, "models", "get", "openai/gpt-4o").out
    with Client(address) as client:
        model = client.models.get("openai/gpt-4o")
    has = {name for name, value in model.capabilities.items() if value.flag}
    can, cannot = (re.search(rf"^{label} +(.*)$", shown, re.MULTILINE) for label in ("can", "cannot"))
    assert can is not None
    assert cannot is not None
    assert set(can[1].split(", ")) == has
    flags = {name for name, value in model.capabilities.items() if value.WhichOneof("value") == "flag"}
    assert set(cannot[1].split(", ")) == flags - has


def test_which_providers_are_stale(address: str) -> None:
    """After a complete listing none is older than a day; all are older than no time at all."""
    fresh = run(address, "providers", "list", "--stale", "1d")
    assert (fresh.code, fresh.out) == (0, "")
    assert "No provider without a complete listing in the last 1 d." in fresh.err
    stale = run(address, "providers", "list", "--stale", "0s", "-q")
    assert len(stale.out.splitlines()) == 132
    failing = run(address, "providers", "list", "--status", "error", "-q")
    assert (failing.code, failing.out) == (0, "")


def test_status_names_what_an_operator_looks_for(address: str) -> None:
    """Discovery, catalogue, store, sources and replicas on one screen."""
    shown = run(address, "status").out
    for expected in ("running", "4,803 models", "132, all active", "healthy", "models_dev", address):
        assert expected in shown


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (["--provider", "groq"], lambda model: model.provider_id == "groq"),
        (["--input", "audio"], lambda model: model_pb2.MODALITY_AUDIO in model.input_modalities),
        (["--gives", "image"], lambda model: model_pb2.MODALITY_IMAGE in model.output_modalities),
        (["--min-context", "1M"], lambda model: model.context_window >= 1_000_000),
        (["--without", "vision"], lambda model: not model.capabilities["vision"].flag),
        (["--max-price", "input=0.05"], lambda model: Decimal(model.prices["input"].amount) <= Decimal("0.05")),
        (["--stage", "deprecated"], lambda model: model.lifecycle.stage == model_pb2.LIFECYCLE_STAGE_DEPRECATED),
        (["--canonical-id", "gpt-4o"], lambda model: model.canonical_id == "gpt-4o"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_each_condition_chooses(address: str, conditions: list[str], holds: object) -> None:
    """What is listed meets the condition, and something is."""
    done = run(address, "models", "list", *conditions, "-n", "40", "--json")
    models = [json_format.Parse(line, model_pb2.Model()) for line in done.out.splitlines()]
    assert models
    assert all(holds(model) for model in models)  # type: ignore[operator]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "list", "--has", "vision", "--sort", "price", "-d"),
        ("models", "search", "claude", "--sort", "release"),
        ("models", "get", "openai/gpt-5.4-pro"),
        ("providers", "list"),
        ("status",),
        ("config", "show"),
    ],
    ids=" ".join,
)
def test_every_answer_fits_the_terminal(address: str, columns: int, arguments: tuple[str, ...]) -> None:
    """No line is wider than the terminal; with more room nothing that was shown goes away."""
    done = run_on_terminal(address, *arguments, columns=columns)
    assert done.code == 0
    answer = [line for line in done.plain if not line.startswith("Version 0.")]
    assert max(map(cell_len, answer)) <= columns


def test_a_narrow_terminal_shows_whole_ids_and_prices(address: str) -> None:
    """At 40 columns the id is folded, never cut, and both prices stay."""
    narrow = run_on_terminal(address, "models", "list", "-n", "20", columns=40)
    assert "in $/M" in narrow.plain[0]
    assert "out $/M" in narrow.plain[0]
    ids = run(address, "models", "list", "-n", "20", "-q").out.splitlines()
    together = "".join(line.split("  ")[0] for line in narrow.plain[1:-1])
    assert together == "".join(ids)


def test_a_pipe_gets_everything_and_a_terminal_a_page(address: str) -> None:
    """50 models on a terminal, all in a pipe, and --all and --limit say otherwise."""
    assert "50 of 4,803 models; --all shows all." in run_on_terminal(address, "models", "list").out
    assert len(run(address, "models", "list", "-q").out.splitlines()) == 4803
    assert len(run_on_terminal(address, "models", "list", "-q", "--all").out.splitlines()) == 4803
    assert len(run(address, "models", "list", "-q", "-n", "7").out.splitlines()) == 7


def test_colour_only_on_a_terminal(address: str) -> None:
    """None in a pipe, none where NO_COLOR is set, none on a dumb terminal."""
    assert "\x1b[" in run_on_terminal(address, "models", "list", "-n", "2").out
    assert "\x1b[" not in run_on_terminal(address, "models", "list", "-n", "2", NO_COLOR="1").out
    assert "\x1b[" not in run_on_terminal(address, "models", "list", "-n", "2", TERM="dumb").out
    assert "\x1b[" not in run(address, "models", "list", "-n", "2").out


def test_json_is_the_message(address: str) -> None:
    """One object for one thing, an object a line for a list; each parses back to the message of the contract."""
    with Client(address) as client:
        model, status = client.models.get("openai/gpt-4o"), client.discovery.status()
        providers = [*client.providers.list()]
    assert json_format.Parse(run(address, "models", "get", "openai/gpt-4o", "--json").out, model_pb2.Model()) == model
    listed = run(address, "providers", "list", "-o", "json").out.splitlines()
    assert [json_format.Parse(line, provider_pb2.Provider()) for line in listed] == providers
    shown = json_format.Parse(run(address, "--json", "status").out, pb.GetStatusResponse())
    assert (shown.total_models, shown.sources[0].id) == (status.total_models, status.sources[0].id)
    assert json.loads(run(address, "config", "show", "--json").out)["configuration"]["refreshInterval"] == "3600s"


def test_csv_parses(address: str) -> None:
    """A head and a row for each, exact amounts, true, false or nothing for a capability."""
    table = [*csv.DictReader(io.StringIO(run(address, "models", "list", "-p", "openai", "--output", "csv").out))]
    with Client(address) as client:
        models = [*client.models.list(pb.ModelFilter(provider_ids=["openai"]))]
    assert [row["id"] for row in table] == [model.id for model in models]
    by_id = {row["id"]: row for row in table}
    assert by_id["openai/gpt-4o"]["input_usd_per_million_tokens"] == "2.5"
    assert by_id["openai/gpt-4o"]["reasoning"] == "false"
    assert by_id["openai/gpt-4o"]["context_window"] == "128000"


def test_options_stand_before_or_after_the_command(address: str) -> None:
    """`-t` and the forms of the answer are understood in both places, and the nearer one counts."""
    for line in (["-t", address, "models", "get", "openai/gpt-4o", "-q"], ["-q", "models", "get", "openai/gpt-4o"]):
        assert run(address, *line).out == "openai/gpt-4o\n"
    assert run("", "-t", "localhost:1", "models", "get", "openai/gpt-4o", "-q", "-t", address).code == 0


def test_the_shell_completes_ids_capabilities_and_providers(address: str) -> None:
    """From the server; without one there is no proposal, no error and no long wait. Where the answer does not come at
    once there is none either, and the user asks again."""

    def proposals(target: str, line: str) -> list[str]:
        words = line.split(" ")
        done = run(
            target,
            _MODELDEX_COMPLETE="complete_bash",
            COMP_WORDS=line,
            COMP_CWORD=str(len(words) - 1),
        )
        assert done.err == ""
        return done.out.split()

    def proposed(line: str) -> list[str]:
        return until(lambda: proposals(address, line), f"a proposal for {line}")

    assert "openai/gpt-4o" in proposed("modeldex models get openai/gpt-4o")
    assert "openai/" in proposed("modeldex models get op")
    assert proposed("modeldex models list --has vision,funct") == ["vision,function_calling"]
    assert "groq" in proposed("modeldex providers refresh gr")
    assert proposals(address, "modeldex prov") == ["providers"]
    assert proposals("localhost:1", "modeldex models get op") == []


def test_help_and_version(address: str) -> None:
    """The help names every command and every exit code."""
    shown = run(address, "--help").out
    for noun in ("serve", "models", "providers", "status", "config", "tokens"):
        assert noun in shown
    for code in ("0 done", "2 wrong", "3 no such", "4 no server", "5 no token", "130"):
        assert code in " ".join(shown.split())
    assert run(address).out == shown
    assert re.fullmatch(r"modeldex \d+\.\d+\.\d+\S*\n", run(address, "--version").out)


def test_health_as_a_container_asks(address: str) -> None:
    """0 from a server that serves; 4 and one line where nobody does. No token is needed: see the role table."""
    done = run(address, "health")
    assert (done.code, done.out.strip(), done.err) == (0, "serving", "")
    nobody = run("127.0.0.1:1", "health")
    assert (nobody.code, nobody.out) == (4, "")
    assert nobody.err == "No server says at 127.0.0.1:1 that it serves (UNAVAILABLE).\n"
