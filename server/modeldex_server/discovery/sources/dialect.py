"""The words of OpenAI-style lists: which field of which server means what. Data only."""

from __future__ import annotations

import re

CONTEXT_FIELDS = (
    ("context_window",),  # Groq, DeepSeek
    ("max_model_len",),  # vLLM, SGLang
    ("context_length",),  # Together, Moonshot, Hyperbolic
    ("max_context_length",),  # LM Studio
    ("meta", "n_ctx_train"),  # llama.cpp: of the weights
)
OUTPUT_FIELDS = (("max_completion_tokens",), ("max_output_tokens",), ("max_output_length",))

# Flags of a row.
FLAG_FIELDS = {
    "supports_chat": "chat_completion",
    "supports_tools": "function_calling",
    "supports_tool_calling": "function_calling",
    "supports_function_calling": "function_calling",
    "supports_image_input": "vision",
    "supports_image_in": "vision",
    "supports_vision": "vision",
    "supports_video_in": "video_input",
    "supports_reasoning": "reasoning",
    "supports_structured_output": "structured_output",
    "supports_output_json_schema": "structured_output",
    "supports_caching": "prompt_caching",
    "supports_computer_use": "computer_use",
    "supports_image_generation": "image_generation",
}

# Keys or words of a row's `capabilities`.
ABILITIES = {
    "chat": "chat_completion",
    "completion_chat": "chat_completion",
    "tools": "function_calling",
    "tool_use": "function_calling",
    "function_calling": "function_calling",
    "trained_for_tool_use": "function_calling",
    "vision": "vision",
    "reasoning": "reasoning",
    "structured_output": "structured_output",
    "embedding": "embedding",
    "embeddings": "embedding",
}

# A row's `type`, at Together and LM Studio.
TYPES: dict[str, tuple[str, ...]] = {
    "chat": ("chat_completion",),
    "language": ("chat_completion",),
    "code": ("code_generation",),
    "image": ("image_generation",),
    "embedding": ("embedding",),
    "embeddings": ("embedding",),
    "moderation": ("moderation_model",),
    "rerank": ("reranking",),
    "audio": ("speech_synthesis",),
    "transcribe": ("transcription",),
    "video": ("video_generation",),
    "llm": ("chat_completion",),
    "vlm": ("chat_completion", "vision"),
}
TEXT_TYPES = frozenset({"chat", "language", "code"})

# Names that OpenAI gave and others kept, matched against the last part of an id.
NAME_PATTERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"text-embedding-"), ("embedding", "text_input")),
    (re.compile(r"whisper-|.*-transcribe\b"), ("transcription", "audio_input")),
    (re.compile(r"tts-|.*-tts\b"), ("speech_synthesis",)),
    (re.compile(r"(chat)?gpt-image-"), ("image_generation", "image_editing")),
    (re.compile(r"sora-"), ("video_generation",)),
    (re.compile(r"(omni|text)-moderation-"), ("moderation_model", "classification")),
    (re.compile(r".*-realtime\b"), ("realtime_api",)),
)

# Where these own a model, `created` is the time of the answer or of the download.
NO_RELEASE_OWNERS = frozenset({"vllm", "sglang", "llamacpp", "library", "Hyperbolic"})

METADATA_FIELDS = (
    "owned_by",
    "organization",
    "publisher",
    "link",
    "root",
    "parent",
    "arch",
    "architecture",
    "format",
    "compatibility_type",
)
