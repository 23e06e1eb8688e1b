"""The canonical name: under which the same model is found at every provider.

Joining two models that differ is worse than missing a join, so only spellings are evened out that mean the same at
every provider seen: the maker's prefix, case, ":free", and how Vertex AI, Bedrock and resellers write Anthropic's ids.
A dated snapshot keeps its date (it has its own price and limits), a variant such as ":thinking" or "-fp8" its name.
"""

from __future__ import annotations

import re

# Names of routes and products, not of one model: they would join what has nothing in common.
# fmt: off
_GENERIC = frozenset({
    "auto", "balanced", "basic", "custom", "default", "fast", "free", "frontier", "large", "latest", "medium", "mini",
    "model", "model-router", "premium", "pro", "router", "small", "standard",
})
# fmt: on
_BEDROCK = re.compile(
    r"(?:(?:us|us-gov|eu|apac|jp|au|ca|global)\.)?"
    r"(?P<maker>amazon|anthropic|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|zai)"
    r"\.(?P<name>[a-z].*)"
)
_BEDROCK_REVISION = re.compile(r"-v1(:\d+)?$|-v\d+:\d+$|-\d+:\d+$")
_BARE_GENERATION = re.compile(r"[rv]\d")  # Bedrock's "deepseek.r1" says nothing without its maker
_VERTEX_DATE = re.compile(r"@(\d{8})$")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def canonical(provider_model_id: str) -> str:
    """The canonical name of a provider's model id. Empty where the id does not say which model it is.

    "openrouter"'s "~openai/GPT-4o:free" gives "gpt-4o"; "us.anthropic.claude-opus-4-5-20251101-v1:0" and Vertex AI's
    "claude-opus-4-5@20251101" both give "claude-opus-4-5-20251101".
    """
    if provider_model_id.startswith("ft:"):
        return ""  # fine-tuned for one customer
    name = provider_model_id.rpartition("/")[2].lower().removeprefix("~").removesuffix(":free").removesuffix("@default")
    if "@" in name:
        name = _VERTEX_DATE.sub(r"-\1", name)
    if "." in name:
        name = _from_bedrock(name)
    if name.startswith("claude-"):
        name = _POINT.sub("-", name)  # Anthropic writes claude-sonnet-4-5, resellers claude-sonnet-4.5
    return "" if name.strip() in _GENERIC else name.strip()


def _from_bedrock(name: str) -> str:
    match = _BEDROCK.fullmatch(name)
    if not match:
        return name
    bare = _BEDROCK_REVISION.sub("", match["name"])
    return f"{match['maker']}-{bare}" if _BARE_GENERATION.match(bare) else bare
