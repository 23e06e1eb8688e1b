"""OpenAI-style lists of many servers, and what their facts become."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_server import PAYLOADS, Answer, ProviderServer
from pydantic import SecretStr

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.provider_pb2 import Provider
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.discovery.sources import presets
from modeldex_server.discovery.sources.http import Endpoint
from modeldex_server.discovery.sources.openai_compatible import OpenAICompatible
from modeldex_server.discovery.sources.source import FetchLimits, RawRow, Source
from modeldex_server.errors import SourceError, SourceMalformed

LIMITS = FetchLimits(timeout=20, retry_attempts=0)
SOURCE = OpenAICompatible(Endpoint("acme", "http://localhost/v1/models"), Provider(id="acme"))


def mapped(raw: dict[str, Any], model_id: str = "m-1") -> pb.Model:
    return SOURCE.map("acme", RawRow(model_id, raw))


def source_of(provider: ProviderServer, name: str = "acme") -> Source:
    settings = SimpleNamespace(
        enabled=True,
        kind="openai_compatible",
        provider_id=None,
        url=provider.url,
        file=None,
        api_key=SecretStr("sk-1"),
    )
    off = SimpleNamespace(enabled=False, kind=None, provider_id=None, url=None, file=None, api_key=None)
    (source,) = presets.build({name: settings, "models_dev": off})
    return source


async def listed(provider: ProviderServer, payload: str, name: str = "acme") -> dict[str, pb.Model]:
    """The models of a payload, by the provider's own id."""
    provider.lists(payload)
    source = source_of(provider, name)
    (listing,) = await source.fetch(LIMITS)
    return {row.provider_model_id: source.map(listing.provider.id, row) for row in listing.rows}


def flags(model: pb.Model) -> dict[str, bool]:
    return {name: value.flag for name, value in model.capabilities.items() if value.HasField("flag")}


def on(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp())  # type: ignore[arg-type]  # year, month, day


async def test_openai_states_little_and_little_is_published(provider: ProviderServer) -> None:
    """Release, retirement and owner; a kind only from well-known names; never a chat model by guess."""
    models = await listed(provider, "openai.models.json", "openai")
    assert provider.requests[0].startswith("GET /v1/models HTTP")
    assert models["gpt-4o"].id == "openai/gpt-4o"
    assert models["gpt-4o"].canonical_id == "gpt-4o"
    assert models["gpt-4o"].lifecycle.release_time.seconds == 1715367049
    assert not models["gpt-4o"].capabilities
    assert models["gpt-4o"].metadata["owned_by"] == "system"
    assert models["gpt-3.5-turbo"].lifecycle.retirement_time.seconds == on(2027, 1, 22)
    assert flags(models["text-embedding-3-small"]) == {"embedding": True, "text_input": True}
    assert flags(models["whisper-1"]) == {"transcription": True, "audio_input": True, "text_output": True}
    assert models["ft:gpt-4o-mini-2024-07-18:acme-corp:support:AbCd1234"].canonical_id == ""


@pytest.mark.parametrize(
    ("model_id", "capability"),
    [
        ("gpt-4o-transcribe", "transcription"),
        ("gpt-4o-mini-tts", "speech_synthesis"),
        ("tts-1-hd", "speech_synthesis"),
        ("gpt-image-1", "image_editing"),
        ("chatgpt-image-latest", "image_generation"),
        ("sora-2", "video_generation"),
        ("omni-moderation-latest", "moderation_model"),
        ("gpt-4o-realtime-preview", "realtime_api"),
    ],
)
def test_well_known_names_say_the_kind(model_id: str, capability: str) -> None:
    """Only as a fallback: what a row states counts instead."""
    assert flags(mapped({"id": model_id}, model_id))[capability] is True
    assert flags(mapped({"output_modalities": ["text"], "type": "chat"}, model_id)).get(capability) is not True


async def test_vllm_shows_no_path_and_no_time_of_the_answer(provider: ProviderServer) -> None:
    """`created` moves with every poll, an adapter's root is a folder of the server."""
    models = await listed(provider, "vllm.models.json", "vllm")
    assert models["Qwen/Qwen3-8B"].context_window == 40960
    assert not models["Qwen/Qwen3-8B"].lifecycle.HasField("release_time")
    assert models["qwen3-8b-alias"].canonical_id == "qwen3-8b"
    adapter = models["sql-lora"]
    assert adapter.canonical_id == ""
    assert not adapter.HasField("context_window")
    assert dict(adapter.metadata.items()) == {"owned_by": "vllm", "parent": "Qwen/Qwen3-8B"}


@pytest.mark.parametrize("payload", ["llamacpp.v1-models.json", "llamacpp.router-models.json"])
async def test_llamacpp_shows_no_file_and_no_state(provider: ProviderServer, payload: str) -> None:
    """Neither path nor arguments nor whether it is loaded; what it takes is stated whole."""
    models = await listed(provider, payload, "llamacpp")
    gemma = models["ggml-org/gemma-3-4b-it-GGUF:Q4_K_M"]
    assert flags(gemma)["vision"] is True
    assert flags(gemma)["audio_input"] is False
    for model in models.values():
        assert not model.lifecycle.HasField("release_time")
        for word in ("/models/", "llama-server", "loaded", "progress"):
            assert word not in str(model)
    if "router" not in payload:
        assert gemma.context_window == 131072
        assert gemma.capabilities["parameter_count"].number == 3_880_099_328
        assert list(gemma.metadata["aliases"]) == ["gemma3"]
    else:
        assert flags(models["ggml-org/Qwen3-Embedding-0.6B-GGUF:Q8_0"])["embedding"] is True


@pytest.mark.parametrize("payload", ["lmstudio.v0-models.json", "lmstudio.v1-models.json"])
async def test_lmstudio_in_both_shapes(provider: ProviderServer, payload: str) -> None:
    """`key` is an id; the window is the largest, not the one of the moment; kinds and abilities are read."""
    models = await listed(provider, payload, "lmstudio")
    qwen = models["qwen/qwen3-8b"]
    assert qwen.context_window == 40960
    assert flags(qwen)["function_calling"] is True
    assert qwen.capabilities["quantization"].text == "Q4_K_M"
    assert flags(models["text-embedding-nomic-embed-text-v1.5"]) == {"embedding": True}
    if "v1" in payload:
        assert qwen.display_name == "Qwen3 8B"
        assert flags(qwen)["vision"] is False
        assert flags(models["google/gemma-3-12b"])["vision"] is True
    else:
        assert flags(models["qwen2-vl-7b-instruct"])["vision"] is True


async def test_groq_limits_and_what_it_no_longer_serves(provider: ProviderServer) -> None:
    """`active: false` is retired; true says no more than that it is listed."""
    models = await listed(provider, "groq.models.json", "groq")
    llama = models["llama-3.3-70b-versatile"]
    assert (llama.context_window, llama.max_output_tokens) == (131072, 32768)
    assert llama.lifecycle.stage == pb.LIFECYCLE_STAGE_UNSPECIFIED
    assert models["gemma2-9b-it"].lifecycle.stage == pb.LIFECYCLE_STAGE_RETIRED


async def test_deepseek_modalities_and_effort(provider: ProviderServer) -> None:
    """Effort levels say that it reasons; a bare row says nothing."""
    models = await listed(provider, "deepseek.models.json", "deepseek")
    flash = models["deepseek-flash"]
    assert (flash.context_window, flash.max_output_tokens) == (1_048_576, 393_216)
    assert list(flash.capabilities["reasoning_effort_levels"].list.values) == ["high", "low", "max"]
    assert flags(flash)["reasoning"] is True
    assert flags(models["deepseek-v4-pro"])["vision"] is False
    assert not models["deepseek-chat"].capabilities
    assert set(await listed(provider, "deepseek.models.legacy.json", "deepseek")) == {
        "deepseek-chat",
        "deepseek-reasoner",
    }


async def test_together_prices_are_exact_and_zero_is_no_price_of_an_image(provider: ProviderServer) -> None:
    """A bare array, USD for a million tokens, 0 only of a free chat model, under the provider's usual id."""
    models = await listed(provider, "together.models-v1.json", "together")
    kimi = models["moonshotai/Kimi-K2-Thinking"]
    assert kimi.id == "togetherai/moonshotai/Kimi-K2-Thinking"
    assert {meter: price.amount for meter, price in kimi.prices.items()} == {
        "input": "1.2",
        "output": "4",
        "cache_read": "0.3",
    }
    assert flags(kimi)["prompt_caching"] is True
    assert not models["black-forest-labs/FLUX.1-schnell"].prices
    assert flags(models["black-forest-labs/FLUX.1-schnell"]) == {"image_generation": True}
    assert list(models["BAAI/bge-large-en-v1.5"].prices) == ["input"]
    assert flags(models["Salesforce/Llama-Rank-V1"]) == {"reranking": True}


async def test_prices_of_unknown_unit_are_unknown(provider: ProviderServer) -> None:
    """The same list from a server that nobody knows gives no prices."""
    models = await listed(provider, "together.models-v1.json")
    assert not any(model.prices for model in models.values())


async def test_hyperbolic_and_nvidia_state_no_release(provider: ProviderServer) -> None:
    """The one states the time of the answer, the other one constant for all."""
    hyperbolic = await listed(provider, "hyperbolic.models.json", "hyperbolic")
    nvidia = await listed(provider, "nvidia.models.json", "nvidia")
    for model in [*hyperbolic.values(), *nvidia.values()]:
        assert not model.lifecycle.HasField("release_time")
    llama = hyperbolic["meta-llama/Llama-3.3-70B-Instruct"]
    assert llama.prices["input"].amount == "0.4"
    assert flags(llama)["function_calling"] is False
    assert flags(llama)["chat_completion"] is True


async def test_moonshot_and_perplexity(provider: ProviderServer) -> None:
    """Flags of a row are three-valued; Perplexity's list is that of its Agent API."""
    kimi = (await listed(provider, "moonshot.models.json", "moonshot"))["kimi-k2-thinking"]
    assert kimi.id == "moonshotai/kimi-k2-thinking"
    assert (flags(kimi)["vision"], flags(kimi)["reasoning"]) == (False, True)
    agent = await listed(provider, "perplexity.models.json", "perplexity")
    assert agent["openai/gpt-5.2"].id == "perplexity-agent/openai/gpt-5.2"


async def test_wrong_types_are_unknown(provider: ProviderServer) -> None:
    """Good rows stay, and what a row states in the wrong type is as if it had not been stated."""
    models = await listed(provider, "edge.missing-and-wrong-types.json")
    assert len(models) == 38
    windows = {name for name, model in models.items() if model.HasField("context_window")}
    assert windows == {"ctx/float"}
    releases = {name for name, model in models.items() if model.lifecycle.HasField("release_time")}
    assert releases == {"created/iso", "created/millis"}
    assert not any(model.prices for model in models.values())
    for name in ("flag/text", "flag/int", "flag/null", "flag/object", "caps/string", "mods/null", "arch/list"):
        assert not models[name].capabilities, name
    assert flags(models["caps/list"])["chat_completion"] is True
    assert list(models["mods/case"].input_modalities) == [pb.MODALITY_TEXT, pb.MODALITY_IMAGE, pb.MODALITY_DOCUMENT]
    assert (models["name/number"].display_name, models["name/number"].description) == ("", "")


async def test_odd_ids_and_duplicates(provider: ProviderServer) -> None:
    """One model an id, byte for byte, with half surrogate pairs in a name replaced."""
    models = await listed(provider, "edge.duplicates-and-unicode.json")
    assert models["acme/one"].context_window == 8192
    assert models["acme/one"].id == "acme/acme/one"
    assert models["acme/surrogate"].display_name.startswith("lone surrogate \ufffd")
    assert len({model.id for model in models.values()}) == len(models) == 16


async def test_huge_rows_keep_to_the_limits(provider: ProviderServer) -> None:
    """A long description is cut, 500 tags become 100, deep nesting and huge numbers break nothing."""
    models = await listed(provider, "edge.huge.json")
    for model in models.values():
        assert len(model.description.encode()) <= 8192
        assert len(model.tags) <= 100
        assert list(model.tags) == sorted(set(model.tags))
        assert model.ByteSize() < 64 * 1024


@pytest.mark.parametrize(
    "payload",
    [
        "edge.empty-list.json",
        "edge.empty-page-with-cursor.json",
        "edge.pagination-loop.page1.json",
        "edge.truncated.json.txt",
        "models-dev.api.json",
    ],
)
async def test_what_is_no_complete_listing_is_an_error(provider: ProviderServer, payload: str) -> None:
    """Empty, one page of several, cut off, or another shape: an error, so that no model is removed."""
    with pytest.raises(SourceMalformed):
        await listed(provider, payload)


@pytest.mark.parametrize("document", [3, None, {}, [], {"data": {}}, {"data": [1, None]}, {"models": []}, "data"])
async def test_a_list_is_required(provider: ProviderServer, document: object) -> None:
    """No list, or one without a single model, is an error."""
    provider.lists_json(document)
    with pytest.raises(SourceMalformed):
        await source_of(provider).fetch(LIMITS)


async def test_a_refusal_is_an_error(provider: ProviderServer) -> None:
    """Any status but 200 fails the fetch."""
    provider.says(Answer(401))
    with pytest.raises(SourceError):
        await source_of(provider).fetch(LIMITS)


@pytest.mark.parametrize("path", ["/data/m", "C:\\models\\m", "./m", "../m", "~/m", "file:///m", "\\\\host\\m"])
def test_no_path_is_published(path: str) -> None:
    """Neither in metadata nor as a licence."""
    model = mapped({"root": path, "parent": path, "license": path, "owned_by": path, "aliases": [path, "ok"]})
    assert path not in str(model).replace("\\\\", "\\")
    assert dict(model.capabilities) == {}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["input", "vision", "n_params"]), each),
    max_leaves=8,
)
KEYS = (
    "id type name capabilities architecture meta effort license quantization created active owned_by root parent tags "
    "aliases pricing input_price supports_tools context_length input_modalities output_modalities description"
)


@given(st.dictionaries(st.sampled_from(KEYS.split()), ANYTHING), st.text(st.characters(exclude_categories=["C"])))
def test_any_record_maps(raw: dict[str, Any], model_id: str) -> None:
    """Whatever types its fields have, a record gives a model that keeps to the vocabulary."""
    model = mapped(raw, model_id)
    vocabulary = Vocabulary.load()
    assert model == mapped(raw, model_id)
    assert [name for name, value in model.capabilities.items() if vocabulary.problem(name, value)] == []


def test_every_list_example_is_used() -> None:
    """A payload added here is read by a test."""
    text = "".join(path.read_text(encoding="utf-8") for path in (PAYLOADS.parent / "unit/discovery").rglob("*.py"))
    assert [path.name for path in PAYLOADS.glob("*.json*") if path.name not in text] == []
