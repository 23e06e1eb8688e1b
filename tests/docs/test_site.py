"""The documents build without a warning, hold all that the contract and the code have, and name nothing that is not."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import typer
from pydantic import BaseModel

from modeldex.v1 import error_reason_pb2
from modeldex_server.cli.program import app
from modeldex_server.metrics import Metrics
from modeldex_server.security.roles import REQUIRED
from modeldex_server.settings import Settings
from modeldex_server.settings.problems import unknown_keys, unknown_variables
from support.console import ROOT
from support.documents import blocks

AT_THE_TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = [*(ROOT / name for name in AT_THE_TOP), *sorted((ROOT / "docs").rglob("*.md"))]
RUN = ("README.md", "docs/quickstart.md", "docs/concepts/", "docs/how-to/")
_TOP = "server|tests|docs|clients|protos|generated|scripts|benchmarks"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built as a reader builds them."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("mkdocs")), "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_the_documents_build_without_a_warning(site: Path) -> None:
    """Strict: every link and every anchor leads somewhere."""
    assert (site / "index.html").exists()


def test_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    """Fonts, scripts, styles and pictures come with the pages."""
    for page in site.rglob("*.html"):
        assert not re.search(r'<(?:link|script|img|iframe|source)\b[^>]*(?:src|href)="(?:https?:)?//', page.read_text())
    for style in (site / "assets").rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text())


def test_every_rpc_message_and_field_is_in_the_reference(site: Path) -> None:
    """Each with a place that a link can lead to."""
    services = ("discovery_service", "provider_service", "subscriber_service", "cache_service", "history_service")
    text = {page: _text(site, page) for page in (*services, "messages")}
    for proto in (ROOT / "protos" / "modeldex" / "v1").glob("*.proto"):
        file = importlib.import_module(f"modeldex.v1.{proto.stem}_pb2").DESCRIPTOR
        for service in file.services_by_name.values():
            page = text[f"{service.name.removesuffix('Service').lower()}_service"]
            for method in service.methods:
                assert f'id="{method.name}"' in page
                for message in (method.input_type, method.output_type):
                    assert f'id="{message.name}"' in page
                    assert all(f"<code>{field.name}</code>" in page for field in message.fields), message.name
        for message in file.message_types_by_name.values():
            if not message.name.endswith(("Request", "Response")):
                assert f'id="{message.name}"' in text["messages"]
                assert all(f"<code>{field.name}</code>" in text["messages"] for field in message.fields), message.name
        for enum in file.enum_types_by_name.values():
            if enum.name != "ErrorReason":
                assert all(f"<code>{value.name}</code>" in text["messages"] for value in enum.values), enum.name


def test_every_error_reason_is_explained(site: Path) -> None:
    """With its code, an example and what to do."""
    page = _text(site, "errors")
    for name in error_reason_pb2.ErrorReason.keys():  # noqa: SIM118 - no mapping
        reason = name.removeprefix("ERROR_REASON_")
        if reason == "UNSPECIFIED":
            continue
        (part,) = re.findall(rf'<h2 id="{reason}">.*?(?=<h2|</article>)', page, re.DOTALL)
        assert all(f"<strong>{word}</strong>" in part for word in ("Code", "Example", "What to do")), reason


def test_every_setting_is_in_the_reference(site: Path) -> None:
    """By its variable, with what it does; what only the supervisor of processes sets is left out."""
    page = _text(site, "settings")
    variables = set(_variables("MODELDEX", Settings))
    assert {"MODELDEX_SOURCES__NAME__URL", "MODELDEX_CACHE__STRATEGIES__TTL__ENABLED"} < variables
    for variable in variables:
        assert (f"<code>{variable}</code>" in page) == (variable != "MODELDEX_WORKER"), variable


def _variables(prefix: str, model: type[BaseModel], separator: str = "_") -> Iterator[str]:
    """The variable of each field of the settings, those of tables within tables among them."""
    for name, field in model.model_fields.items():
        variable, kind = f"{prefix}{separator}{name.upper()}", field.annotation
        if get_origin(kind) is dict:
            variable, kind = f"{variable}__NAME", get_args(kind)[1]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _variables(variable, kind, "__")
        else:
            yield variable


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    """With its line of usage."""
    page = _text(site, "command")
    for words, command in _commands():
        assert f'id="{"-".join(words)}"' in page, words
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden and option.name != "help":
                assert all(name in page for name in option.opts), option.opts


def test_every_role_capability_and_metric_is_in_the_reference(site: Path) -> None:
    """Roles from the server's table, capabilities from its data, metrics from its registry."""
    roles = _text(site, "roles")
    assert all(f"{path.rpartition('/')[2]}</code>" in roles for path in REQUIRED)
    capabilities = _text(site, "capabilities")
    vocabulary = json.loads(resources.files("modeldex_server.capabilities").joinpath("vocabulary.json").read_text())
    assert all(f'id="{one["name"]}"' in capabilities for one in vocabulary["capabilities"])
    metrics = _text(site, "metrics")
    assert all(
        f"<code>{metric.name}</code>" in metrics
        for metric in Metrics().registry.collect()
        if metric.name.startswith("modeldex_")
    )


def test_the_house_has_every_room_of_the_server(site: Path) -> None:
    """Drawn from the imports, with the layers that are held by the checks."""
    page = (site / "house" / "index.html").read_text()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["modeldex_server"])
    rooms = {name.strip() for layer in layers for name in layer.split("|")} - {"__main__"}
    assert rooms <= set(re.findall(r'class="name"[^>]*>(\w+)<', page))
    assert page.count('class="line"') > len(rooms)


def test_a_strangers_questions_are_one_step_away(site: Path) -> None:
    """From the start page: paging, adding a provider, an outage of PostgreSQL or Redis, five lines of a language."""
    start = (site / "index.html").read_text().partition("<article")[2]
    for page in ("how-to/find-models/", "how-to/providers/", "how-to/outages/", "how-to/connect/", "contributing/"):
        assert f'href="{page}"' in start, page


def test_every_variable_that_documents_name_exists() -> None:
    """As a setting of the server, or in the environment of clients."""
    for page in PAGES:
        names = set(re.findall(r"\bMODELDEX_[A-Z][A-Z_]*[A-Z]\b", page.read_text()))
        assert list(unknown_variables(Settings, dict.fromkeys(names, ""))) == [], page.name


def test_every_key_of_a_file_that_documents_show_exists() -> None:
    """TOML blocks are read as the server reads them."""
    for page in PAGES:
        for block in blocks(page.read_text()):
            if block.language == "toml":
                assert list(unknown_keys(Settings, tomllib.loads(block.text), None)) == [], page.name


def test_every_option_that_documents_name_exists() -> None:
    """Options of `modeldex`, wherever they are typed or named."""
    options = {name for _, command in _commands() for option in command.params for name in option.opts}
    options |= {name for _, command in _commands() for option in command.params for name in option.secondary_opts}
    options |= {"--help", "-h"}
    for page in PAGES:
        for typed in _typed(page.read_text()):
            assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", typed)) <= options, f"{page.name}: {typed}"


def test_every_metric_that_documents_name_exists(site: Path) -> None:
    """As the reference has it; a counter with the ending that Prometheus sees."""
    reference = _text(site, "metrics")
    for name in re.findall(r"modeldex_[a-z_]+", (ROOT / "docs" / "how-to" / "deploy.md").read_text()):
        assert f"<code>{name.removesuffix('_total')}</code>" in reference, name


def test_every_path_that_documents_name_exists() -> None:
    """Files and folders of the repository, as they stand in the text."""
    for page in PAGES:
        for path in re.findall(rf"`((?:{_TOP})/[\w./-]*\w/?)`", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_every_link_at_the_top_of_the_repository_leads_somewhere() -> None:
    """README and its neighbours are read where no builder checks them."""
    for name in AT_THE_TOP:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_what_looks_like_a_console_is_run() -> None:
    """`console` blocks stand on the pages whose commands are tested and nowhere else."""
    for page in PAGES:
        path = str(page.relative_to(ROOT))
        if any(block.language == "console" for block in blocks(page.read_text())):
            assert path.startswith(RUN), path


def _text(site: Path, page: str) -> str:
    return unescape((site / "reference" / page / "index.html").read_text())


def _commands() -> Iterator[tuple[list[str], Any]]:
    """Every command that is not hidden, with the words that lead to it."""
    pending: list[tuple[list[str], Any]] = [(["modeldex"], typer.main.get_command(app))]
    while pending:
        words, command = pending.pop()
        yield words, command
        for word in command.list_commands(None) if hasattr(command, "list_commands") else ():
            sub = command.get_command(None, word)
            if not sub.hidden:
                pending.append(([*words, word], sub))


def _typed(text: str) -> Iterator[str]:
    """Lines that call `modeldex`, and options in running text."""
    for block in blocks(text):
        if block.language in ("console", "sh"):
            # Continued lines belong together; a pipe hands over to another program, and so does $( ).
            for line in block.text.replace("\\\n", " ").splitlines():
                if found := re.search(r"(?<![\w/.-])modeldex (?:[a-z].*)", line):
                    yield re.split(r"[|#)<>]|\$\(", found[0])[0]
    yield from re.findall(r"`(modeldex [^`\n]+)`", text)
    yield from (word for word in re.findall(r"`(--[a-z-]+)`", text))
