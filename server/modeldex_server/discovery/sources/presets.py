"""Which sources the settings switch on, and what is known of providers by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import SecretStr

from modeldex.v1.provider_pb2 import Provider
from modeldex_server.discovery.sources import models_dev, openai_compatible, rows
from modeldex_server.discovery.sources.http import Endpoint
from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.sources.openai_compatible import OpenAICompatible, PriceField
from modeldex_server.discovery.sources.source import Source

_RESERVED = "private"  # what field_sources says of a saved model


class SourceSettings(Protocol):
    """What the settings say of one source."""

    @property
    def enabled(self) -> bool: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def provider_id(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def file(self) -> Path | None: ...
    @property
    def api_key(self) -> SecretStr | None: ...


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider known by name. `provider_id` is what catalogues call it; `url` is None where each has its own."""

    display_name: str
    provider_id: str
    url: str | None = None
    prices: tuple[PriceField, ...] = ()


PRESETS: Mapping[str, Preset] = {
    "deepseek": Preset("DeepSeek", "deepseek", "https://api.deepseek.com"),
    "groq": Preset("Groq", "groq", "https://api.groq.com/openai/v1"),
    "hyperbolic": Preset(
        "Hyperbolic",
        "hyperbolic",
        "https://api.hyperbolic.xyz/v1",
        (PriceField(("input_price",), "input"), PriceField(("output_price",), "output")),
    ),
    "llama": Preset("Llama", "llama", "https://api.llama.com/v1"),
    "llamacpp": Preset("llama.cpp", "llamacpp"),
    "lmstudio": Preset("LM Studio", "lmstudio"),
    "moonshot": Preset("Moonshot AI", "moonshotai", "https://api.moonshot.ai/v1"),
    "nvidia": Preset("Nvidia", "nvidia", "https://integrate.api.nvidia.com/v1"),
    "openai": Preset("OpenAI", "openai", "https://api.openai.com/v1"),
    # Its list names what its Agent API routes to; the Sonar models, provider "perplexity", are not in it.
    "perplexity": Preset("Perplexity Agent", "perplexity-agent", "https://api.perplexity.ai/v1"),
    "together": Preset(
        "Together AI",
        "togetherai",
        "https://api.together.xyz/v1",
        (
            PriceField(("pricing", "input"), "input"),
            PriceField(("pricing", "output"), "output"),
            PriceField(("pricing", "cached_input"), "cache_read"),
        ),
    ),
    "vllm": Preset("vLLM", "vllm"),
}


def build(settings: Mapping[str, SourceSettings]) -> list[Source]:
    """The sources that are on. models_dev is, unless disabled; a provider known by name is with an api_key or a url.

    ValueError, in words for the server's owner, where a source's settings make no sense.
    """
    sources: list[Source] = [] if models_dev.KIND in settings else [ModelsDev()]
    for name, entry in settings.items():
        if entry.enabled:
            source = _source(name, entry)
            if source is not None:
                sources.append(source)
    _refuse_rivals(sources)
    return sources


def _source(name: str, entry: SourceSettings) -> Source | None:
    if not name.strip() or name == _RESERVED:
        raise ValueError(f'a source cannot be called "{name}": choose another name')
    if (entry.kind or name) == models_dev.KIND:
        return _catalogue(name, entry)
    if entry.kind == openai_compatible.KIND or (entry.kind is None and name in PRESETS):
        return _own_source(name, entry)
    raise ValueError(
        f'sources.{name}: no provider is known by this name: set kind (for example "openai_compatible") and url; '
        f"known are {', '.join((models_dev.KIND, *PRESETS))}"
    )


def _catalogue(name: str, entry: SourceSettings) -> ModelsDev:
    if entry.url and entry.file:
        raise ValueError(f"sources.{name}: set url or file, not both")
    if entry.provider_id or entry.api_key:
        raise ValueError(f"sources.{name}: a catalogue takes neither provider_id nor api_key: take them out")
    if entry.url:
        _parsed(name, entry.url)
    return ModelsDev(name, file=entry.file, url=entry.url)


def _own_source(name: str, entry: SourceSettings) -> OpenAICompatible | None:
    preset = PRESETS.get(name)
    key = _key(name, entry.api_key)
    if entry.file:
        raise ValueError(f"sources.{name}: only {models_dev.KIND} reads a file: set url instead")
    if preset and preset.url and not (key or entry.url):
        return None  # nothing leaves the machine before a key or an address is given
    url = entry.url or (preset.url if preset else None)
    if not url:
        raise ValueError(f'sources.{name}: set url, for example "http://localhost:8000/v1"')
    provider = Provider(
        id=_provider_id(name, entry, preset),
        display_name=preset.display_name if preset else "",
        # An address of the owner's own network is nobody else's business.
        api_uri=preset.url if preset and preset.url and not entry.url else "",
    )
    return OpenAICompatible(Endpoint(name, _list_url(name, url), key), provider, preset.prices if preset else ())


def _provider_id(name: str, entry: SourceSettings, preset: Preset | None) -> str:
    provider_id = entry.provider_id or (preset.provider_id if preset else name)
    problem = rows.provider_id_problem(provider_id)
    if problem:
        raise ValueError(f"sources.{name}: set another provider_id: {problem}")
    return provider_id


def _key(name: str, api_key: SecretStr | None) -> SecretStr | None:
    secret = api_key.get_secret_value().strip() if api_key else ""
    if not (secret.isascii() and secret.isprintable()):
        raise ValueError(f"sources.{name}: api_key holds characters that no header can carry: copy it again")
    return SecretStr(secret) if secret else None


def _list_url(name: str, base: str) -> str:
    url = _parsed(name, base)
    path = url.path.rstrip("/")
    return str(url.copy_with(path=path if path.endswith("/models") else f"{path}/models"))


def _parsed(name: str, address: str) -> httpx.URL:
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL:
        raise ValueError(f"sources.{name}: url is no address") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"sources.{name}: url must begin with https:// or http:// and name a host")
    return url


def _refuse_rivals(sources: Iterable[Source]) -> None:
    owners: dict[str, str] = {}
    for source in sources:
        if source.provider_id is None:
            continue
        other = owners.setdefault(source.provider_id, source.id)
        if other != source.id:
            raise ValueError(
                f"sources.{other} and sources.{source.id} both speak for the provider {source.provider_id}: "
                "give one of them another provider_id"
            )
