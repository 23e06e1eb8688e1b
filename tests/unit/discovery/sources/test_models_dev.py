"""models.dev: the packaged snapshot, a file, a URL, and what its facts become."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_server import PAYLOADS, Answer, ProviderServer

from modeldex.v1 import model_pb2 as pb
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.sources.source import FetchLimits, Listing, RawRow
from modeldex_server.errors import SourceError, SourceMalformed, SourceUnavailable

LIMITS = FetchLimits(timeout=60, retry_attempts=0)
FILE = PAYLOADS / "models-dev.api.json"
SOURCE = ModelsDev()


def mapped(raw: dict[str, Any], provider_id: str = "acme", model_id: str = "m-1") -> pb.Model:
    return SOURCE.map(provider_id, RawRow(model_id, raw))


def flags(model: pb.Model) -> dict[str, bool]:
    return {name: value.flag for name, value in model.capabilities.items() if value.HasField("flag")}


async def models(source: ModelsDev) -> dict[str, pb.Model]:
    listings = await source.fetch(LIMITS)
    made = [source.map(listing.provider.id, row) for listing in listings for row in listing.rows]
    return {model.id: model for model in made}


@pytest.fixture(scope="module")
def snapshot() -> list[tuple[Listing, RawRow, pb.Model]]:
    """Every record of the packaged snapshot with its model."""
    import asyncio

    listings = asyncio.run(SOURCE.fetch(LIMITS))
    return [(each, row, SOURCE.map(each.provider.id, row)) for each in listings for row in each.rows]


def test_the_packaged_snapshot_is_whole(snapshot: list[tuple[Listing, RawRow, pb.Model]]) -> None:
    """4,803 models of 132 providers, none rejected, all with different ids."""
    assert len({listing.provider.id for listing, _, _ in snapshot}) == 132
    assert len({model.id for _, _, model in snapshot}) == 4803
    assert not any(listing.rejected for listing, _, _ in snapshot)


def test_every_model_of_the_snapshot_keeps_to_the_contract(snapshot: list[tuple[Listing, RawRow, pb.Model]]) -> None:
    """Values fit the vocabulary, prices are exact decimals, nothing is output only, no document is large."""
    vocabulary = Vocabulary.load()
    for listing, row, model in snapshot:
        assert model.id == f"{listing.provider.id}/{row.provider_model_id}"
        assert [name for name, value in model.capabilities.items() if vocabulary.problem(name, value)] == []
        for price in model.prices.values():
            assert Decimal(price.amount) >= 0
            assert "e" not in price.amount.lower()
        output_only = (model.provider_id, model.field_sources, model.listed_by, model.version, model.revision)
        assert not any(output_only)
        assert model.ByteSize() < 4096


def test_every_price_of_the_snapshot_is_kept_or_stands_for_nothing(
    snapshot: list[tuple[Listing, RawRow, pb.Model]],
) -> None:
    """A price of the snapshot that is not 0 is the model's price to the last digit."""
    for _, row, model in snapshot:
        cost = row.raw.get("cost") or {}
        assert isinstance(cost, dict)
        for meter in ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio"):
            if cost.get(meter):
                assert Decimal(model.prices[meter].amount) == Decimal(str(cost[meter]))


def test_mapping_is_fast(snapshot: list[tuple[Listing, RawRow, pb.Model]]) -> None:
    """A few dozen microseconds a record; the bound leaves room for a busy machine."""
    before = time.process_time()
    for listing, row, _ in snapshot:
        SOURCE.map(listing.provider.id, row)
    assert (time.process_time() - before) / len(snapshot) < 200e-6


async def test_a_record_becomes_a_model() -> None:
    """Names, limits, kinds, capabilities with what they imply, prices with their tier, life cycle."""
    model = (await models(ModelsDev(file=FILE)))["anthropic/claude-sonnet-4-6"]
    assert (model.display_name, model.family) == ("Claude Sonnet 4.6", "claude-sonnet")
    assert model.canonical_id == "claude-sonnet-4-6"
    assert (model.context_window, model.max_output_tokens) == (1_000_000, 64_000)
    assert not model.HasField("max_input_tokens")
    assert list(model.input_modalities) == [pb.MODALITY_TEXT, pb.MODALITY_IMAGE, pb.MODALITY_DOCUMENT]
    assert list(model.output_modalities) == [pb.MODALITY_TEXT]
    known = flags(model)
    for name in ("function_calling", "vision", "document_input", "prompt_caching", "chat_completion", "json_mode"):
        assert known[name] is True
    for name in ("audio_input", "video_input", "image_generation", "open_weights"):
        assert known[name] is False
    assert "interleaved_reasoning" not in known
    assert model.capabilities["knowledge_cutoff"].text == "2025-08"
    assert model.prices["cache_read"].amount == "0.3"
    expected = pb.Price(amount="3", unit=pb.PRICE_UNIT_MILLION_TOKENS, currency="USD")
    expected.tiers.add(above_tokens=200_000, amount="6")
    assert model.prices["input"] == expected
    assert model.lifecycle.stage == pb.LIFECYCLE_STAGE_ACTIVE
    assert model.lifecycle.release_time.ToDatetime(UTC) == datetime(2026, 2, 17, tzinfo=UTC)
    assert dict(model.metadata.items()) == {"attachment": True}


async def test_provider_is_described() -> None:
    """Name and documentation come along; a provider without models gives an empty listing."""
    listings = [listing for listing in await ModelsDev(file=FILE).fetch(LIMITS) if listing.rows]
    assert [listing.provider.id for listing in listings] == ["anthropic", "groq"]
    assert listings[1].provider.display_name == "Groq"
    assert listings[1].provider.documentation_uri == "https://console.groq.com/docs/models"


def test_unknown_is_neither_zero_nor_false() -> None:
    """An empty record says nothing: no limit, no price, no flag."""
    model = mapped({})
    assert flags(model) == {}
    assert not model.prices
    assert not any(model.HasField(name) for name in ("context_window", "max_input_tokens", "max_output_tokens"))
    assert not mapped({"limit": {"context": 0, "output": "64000"}}).HasField("context_window")
    assert flags(mapped({"tool_call": "true", "reasoning": 1, "temperature": None})) == {}


@pytest.mark.parametrize("amount", [-1, "12,5", "free", True, None, Decimal("1e30"), {}])
def test_a_price_that_is_none_is_unknown(amount: object) -> None:
    """The other prices of the record stay."""
    model = mapped({"cost": {"input": amount, "output": Decimal("0.6")}})
    assert list(model.prices) == ["output"]


@pytest.mark.parametrize(
    "provider_id", ["zai-coding-plan", "github-copilot", "xiaomi-token-plan-cn", "kimi-for-coding"]
)
def test_included_in_a_subscription_is_not_free(provider_id: str) -> None:
    """There 0 is unknown and metadata says why; an amount that is charged stays a price."""
    model = mapped({"cost": {"input": 0, "output": 2}}, provider_id)
    assert list(model.prices) == ["output"]
    assert model.metadata["pricing"] == "subscription"
    assert mapped({"cost": {"input": 0}}, "openrouter").prices["input"].amount == "0"


def test_zero_is_no_price_of_what_is_billed_otherwise() -> None:
    """Whisper costs by the minute, whatever 0 USD for a million tokens says."""
    model = mapped({"cost": {"input": 0, "output": 0}, "modalities": {"input": ["audio"], "output": ["text"]}})
    assert not model.prices


def test_a_cache_of_price_zero_beside_a_charged_input_is_no_cache() -> None:
    """Neither a price nor prompt caching follows from it."""
    model = mapped({"cost": {"input": 30, "output": 180, "cache_read": 0}})
    assert sorted(model.prices) == ["input", "output"]
    assert "prompt_caching" not in model.capabilities


def test_tiers_are_told_once() -> None:
    """The list of tiers counts before the older field that says the same, by ascending size."""
    tiers = [
        {"input": 8, "tier": {"size": 272_000, "type": "context"}},
        {"input": 6, "tier": {"size": 128_000, "type": "context"}},
        {"input": 9, "tier": {"size": 1, "type": "something"}},
        "nothing",
    ]
    price = mapped({"cost": {"input": 5, "tiers": tiers, "context_over_200k": {"input": 8}}}).prices["input"]
    assert [(tier.above_tokens, tier.amount) for tier in price.tiers] == [(128_000, "6"), (272_000, "8")]


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("alpha", pb.LIFECYCLE_STAGE_EXPERIMENTAL),
        ("beta", pb.LIFECYCLE_STAGE_PREVIEW),
        ("deprecated", pb.LIFECYCLE_STAGE_DEPRECATED),
        (None, pb.LIFECYCLE_STAGE_ACTIVE),
        ("unheard of", pb.LIFECYCLE_STAGE_UNSPECIFIED),
        (["beta"], pb.LIFECYCLE_STAGE_UNSPECIFIED),
    ],
)
def test_status_is_a_stage(status: object, stage: int) -> None:
    """No status means served; a status nobody knows is unknown."""
    assert mapped({"status": status}).lifecycle.stage == stage


def test_reasoning_options_are_capabilities() -> None:
    """Toggle, budget and effort levels, and that the model reasons at all."""
    options = [{"type": "toggle"}, {"type": "effort", "values": ["low", "high"]}, {"type": "budget_tokens"}, 3]
    model = mapped({"reasoning_options": options})
    assert {"reasoning_toggle", "reasoning_budget", "reasoning", "text_generation"} <= set(flags(model))
    assert list(model.capabilities["reasoning_effort_levels"].list.values) == ["high", "low"]


def test_interleaved_is_a_flag_or_an_object() -> None:
    """Both say yes; false says no."""
    assert flags(mapped({"interleaved": {"field": "reasoning_content"}}))["interleaved_reasoning"] is True
    assert flags(mapped({"interleaved": True}))["interleaved_reasoning"] is True
    assert flags(mapped({"interleaved": False}))["interleaved_reasoning"] is False


def test_nothing_volatile_comes_in() -> None:
    """The time of the catalogue's last edit changes no document."""
    record = {"name": "M", "release_date": "2025-08"}
    assert mapped({**record, "last_updated": "2025-09-01"}) == mapped({**record, "last_updated": "2026-01-01"})


@pytest.mark.parametrize(
    "document",
    [{}, [], 3, None, {"acme": []}, {"acme": {"id": "acme"}}, {"acme": {"models": []}}, {"acme": {"models": {}}}],
)
async def test_what_is_no_catalogue_is_malformed(tmp_path: Path, document: object) -> None:
    """Nothing of it is read as "these models are gone"."""
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SourceMalformed):
        await ModelsDev(file=file).fetch(LIMITS)


@pytest.mark.parametrize("packed", [True, False])
async def test_a_cut_file_is_an_error(tmp_path: Path, packed: bool) -> None:
    """Cut in the middle, packed or not, it gives no listing."""
    whole = FILE.read_bytes()
    file = tmp_path / "api.json"
    file.write_bytes(gzip.compress(whole)[:-20] if packed else whole[:-20])
    with pytest.raises(SourceError):
        await ModelsDev(file=file).fetch(LIMITS)


async def test_a_missing_file_is_told_without_its_path(tmp_path: Path) -> None:
    """The message says what to do and shows no path."""
    with pytest.raises(SourceUnavailable) as failed:
        await ModelsDev(file=tmp_path / "nowhere.json").fetch(LIMITS)
    assert "nowhere" not in failed.value.message


async def test_url_and_packed_file_give_the_same(provider: ProviderServer, tmp_path: Path) -> None:
    """The shape counts, not where it comes from."""
    packed = tmp_path / "api.json.gz"
    packed.write_bytes(gzip.compress(FILE.read_bytes()))
    provider.lists("models-dev.api.json")
    assert await models(ModelsDev(url=provider.url)) == await models(ModelsDev(file=packed)) != {}


async def test_a_refusing_server_is_an_error(provider: ProviderServer) -> None:
    """A URL that fails fails the fetch."""
    provider.says(Answer(500))
    with pytest.raises(SourceUnavailable):
        await ModelsDev(url=provider.url).fetch(LIMITS)


async def test_bad_rows_and_providers_are_left_out_alone(tmp_path: Path) -> None:
    """A record that is no object, or a provider id with a slash, costs the others nothing."""
    document = {"a/b": {"models": {"m": {}}}, "acme": {"models": {"good": {}, "bad": 3, "": {}}}}
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    (listing,) = await ModelsDev(file=file).fetch(LIMITS)
    assert [row.provider_model_id for row in listing.rows] == ["good"]
    assert len(listing.rejected) == 2


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["input", "type", "size", "tier"]), each),
    max_leaves=8,
)
KEYS = (
    "name family limit modalities cost status release_date knowledge interleaved tool_call provider reasoning_options"
)


@given(st.dictionaries(st.sampled_from(KEYS.split()), ANYTHING))
def test_any_record_maps(raw: dict[str, Any]) -> None:
    """Whatever types its fields have, a record gives a model, the same each time."""
    assert mapped(raw) == mapped(raw)
