"""Which sources the settings switch on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.sources.openai_compatible import OpenAICompatible
from modeldex_server.discovery.sources.presets import PRESETS, build
from modeldex_server.discovery.sources.source import Source


@dataclass(frozen=True)
class Entry:
    enabled: bool = True
    kind: str | None = None
    provider_id: str | None = None
    url: str | None = None
    file: Path | None = None
    api_key: SecretStr | None = None


KEY = SecretStr("sk-secret")


def asked(source: Source) -> str:
    assert isinstance(source, OpenAICompatible)
    return source._endpoint.url


def test_the_packaged_catalogue_is_on_by_itself() -> None:
    """With no settings, nothing but the snapshot is read: nothing leaves the machine."""
    (source,) = build({})
    assert isinstance(source, ModelsDev)
    assert (source.id, source.kind, source.provider_id) == ("models_dev", "models_dev", None)


def test_disabled_is_off() -> None:
    """The catalogue, and a provider with a key."""
    assert build({"models_dev": Entry(enabled=False), "openai": Entry(enabled=False, api_key=KEY)}) == []


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.url])
def test_a_key_switches_a_known_provider_on(name: str) -> None:
    """At its own address; without key and url it stays off."""
    assert len(build({name: Entry()})) == 1
    _, source = build({name: Entry(api_key=KEY)})
    assert asked(source) == f"{PRESETS[name].url}/models"
    assert (source.id, source.provider_id) == (name, PRESETS[name].provider_id)


@pytest.mark.parametrize("name", ["vllm", "llamacpp", "lmstudio"])
def test_own_servers_need_an_address(name: str) -> None:
    """With a key alone nobody knows where to ask."""
    _, source = build({name: Entry(url="http://gpu:8000/v1/")})
    assert asked(source) == "http://gpu:8000/v1/models"
    with pytest.raises(ValueError, match=f"sources.{name}: set url"):
        build({name: Entry(api_key=KEY)})


@pytest.mark.parametrize("url", ["https://a.example/v1", "https://a.example/v1/", "https://a.example/v1/models"])
def test_the_list_is_found_from_any_form_of_the_base(url: str) -> None:
    """With or without slash, or the address of the list itself."""
    _, source = build({"acme": Entry(kind="openai_compatible", url=url)})
    assert asked(source) == "https://a.example/v1/models"
    assert source.provider_id == "acme"


async def test_an_address_of_the_owners_own_is_not_published() -> None:
    """Only the public address of a known provider is part of what is told of it."""
    _, own, public = build({"vllm": Entry(url="http://gpu:8000/v1"), "openai": Entry(api_key=KEY)})
    assert isinstance(own, OpenAICompatible)
    assert isinstance(public, OpenAICompatible)
    assert own._provider.api_uri == ""
    assert public._provider.api_uri == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"acme": Entry()}, "set kind .* and url"),
        ({"acme": Entry(url="http://a/v1")}, "set kind .* and url"),
        ({"acme": Entry(kind="openai_compatible")}, "set url"),
        ({"acme": Entry(kind="openai_compatible", url="ftp://a/v1")}, "https://"),
        ({"acme": Entry(kind="openai_compatible", url="gpu:8000")}, "https://"),
        ({"acme": Entry(kind="openai_compatible", url="http://a:port")}, "no address"),
        ({"acme": Entry(kind="openai_compatible", url="http://a", provider_id="a/b")}, "slash"),
        ({"a/b": Entry(kind="openai_compatible", url="http://a")}, "slash"),
        ({"openai": Entry(api_key=SecretStr("sk\u2026x"))}, "api_key"),
        ({"openai": Entry(api_key=SecretStr("sk\nx"))}, "api_key"),
        ({"openai": Entry(file=Path("x.json"), api_key=KEY)}, "set url instead"),
        ({"models_dev": Entry(file=Path("x.json"), url="http://a/x.json")}, "not both"),
        ({"models_dev": Entry(api_key=KEY)}, "neither"),
        ({"private": Entry(kind="openai_compatible", url="http://a")}, "another name"),
        (
            {
                "openai": Entry(api_key=KEY),
                "second": Entry(kind="openai_compatible", url="http://a", provider_id="openai"),
            },
            "both speak for the provider openai",
        ),
    ],
)
def test_settings_that_make_no_sense_say_what_to_set(entries: dict[str, Entry], words: str) -> None:
    """The message names the source and what to do, and shows neither key nor address."""
    with pytest.raises(ValueError, match=words) as failed:
        build(entries)
    for secret in ("sk", "http://a", "gpu:8000"):
        assert secret not in str(failed.value).replace("localhost:8000", "")


def test_a_second_catalogue_of_another_name() -> None:
    """Any name with the kind of a catalogue reads a file of that shape."""
    _, mirror = build({"mirror": Entry(kind="models_dev", file=Path("x.json"))})
    assert (mirror.id, mirror.kind, mirror.provider_id) == ("mirror", "models_dev", None)


def test_blanks_around_a_key_are_no_part_of_it() -> None:
    """A key read from a file with its line's end still works."""
    _, source = build({"openai": Entry(api_key=SecretStr(" sk-secret\n"))})
    assert isinstance(source, OpenAICompatible)
    assert source._endpoint.api_key == KEY
