"""Canonical names: what joins the same model across providers, and what must not."""

from __future__ import annotations

import pytest

from modeldex_server.discovery.sources.names import canonical


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("gpt-4o", ["gpt-4o", "openai/gpt-4o", "openai/GPT-4o", "openai/gpt-4o:free"]),
        ("kimi-k2.5", ["moonshotai/Kimi-K2.5", "moonshotai.kimi-k2.5", "hf:moonshotai/Kimi-K2.5", "kimi-k2.5"]),
        ("gpt-oss-120b", ["openai.gpt-oss-120b-1:0", "@cf/openai/gpt-oss-120b", "openai/gpt-oss-120b"]),
        ("claude-sonnet-4-6", ["claude-sonnet-4.6", "anthropic.claude-sonnet-4-6", "claude-sonnet-4-6@default"]),
        (
            "claude-opus-4-5-20251101",
            ["us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5@20251101", "claude-opus-4-5-20251101"],
        ),
        ("deepseek-r1", ["us.deepseek.r1-v1:0", "deepseek-ai/DeepSeek-R1"]),
        ("claude-opus-4-6", ["global.anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4.6"]),
        ("claude-haiku-latest", ["~anthropic/claude-haiku-latest"]),
        ("nemotron-nano-9b-v2", ["nvidia.nemotron-nano-9b-v2", "nvidia/nemotron-nano-9b-v2"]),
    ],
)
def test_the_same_model_has_one_name(name: str, ids: list[str]) -> None:
    """Prefixes of makers and regions, case, ":free" and the spellings of Anthropic's versions make no difference."""
    assert {canonical(each) for each in ids} == {name}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gpt-4o-2024-05-13", "gpt-4o"),  # a snapshot has a price of its own
        ("claude-sonnet-4:thinking", "claude-sonnet-4"),
        ("llama-3.1-8b-instruct-fp8", "llama-3.1-8b-instruct"),
        ("gpt-4.1", "gpt-41"),
        ("gpt-oss:20b", "gpt-oss:120b"),
    ],
)
def test_different_models_stay_apart(one: str, other: str) -> None:
    """Snapshots, variants, quantised weights and sizes are not joined."""
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("model_id", ["openrouter/auto", "openrouter/free", "model-router", "ft:gpt-4o:acme::x1", "a/"])
def test_ids_that_name_no_model_have_no_canonical_name(model_id: str) -> None:
    """Routers would join what has nothing in common; a fine-tuned model is one customer's."""
    assert canonical(model_id) == ""
