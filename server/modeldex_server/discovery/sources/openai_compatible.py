"""`GET {base}/models`: OpenAI itself and what speaks like it: vLLM, llama.cpp, LM Studio, Groq, DeepSeek, Together...

Every server adds fields of its own; those whose meaning is sure are read, by whoever they are sent. How the doubtful
ones are read:

- `created` is the release, except at servers that put the time of the answer or of a download there.
- Prices have no agreed unit, so they are read only where the unit of a provider is known (`PriceField`).
- `active: false` means that the model is no longer served: RETIRED.
- Where a row says nothing of its kind, well-known names (whisper-1, text-embedding-3-small) do.
- Paths of files on the server are never published; a row's id is, as callers send it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.provider_pb2 import Provider
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.discovery.sources import modalities, names, rows, values
from modeldex_server.discovery.sources.dialect import (
    ABILITIES,
    CONTEXT_FIELDS,
    FLAG_FIELDS,
    METADATA_FIELDS,
    NAME_PATTERNS,
    NO_RELEASE_OWNERS,
    OUTPUT_FIELDS,
    TEXT_TYPES,
    TYPES,
)
from modeldex_server.discovery.sources.http import Endpoint, JsonReader
from modeldex_server.discovery.sources.source import FetchLimits, Listing, RawRow
from modeldex_server.errors import SourceMalformed

if TYPE_CHECKING:
    from google.protobuf.internal.containers import MessageMap

KIND = "openai_compatible"

_PATH = re.compile(r"[/\\~]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|file:")
_NEXT_PAGE = ("next", "next_cursor", "nextPageToken", "next_page_token")


@dataclass(frozen=True, slots=True)
class PriceField:
    """A field of a row that holds a price in USD for a million tokens: its path, and the meter it belongs to."""

    path: tuple[str, ...]
    meter: str


class OpenAICompatible:
    """One provider's own list of models."""

    kind = KIND
    mapping_version = 1

    def __init__(self, endpoint: Endpoint, provider: Provider, prices: Sequence[PriceField] = ()) -> None:
        """`endpoint` is the address of the list itself; `provider` what is known of the provider beforehand."""
        self.id = endpoint.source_id
        self.provider_id: str | None = provider.id
        self._endpoint = endpoint
        self._provider = provider
        self._prices = prices
        self._reader = JsonReader()

    async def fetch(self, limits: FetchLimits) -> Sequence[Listing]:
        """The one listing. SourceMalformed where it is empty or only its first page."""
        document = await self._reader.read(self._endpoint, limits)
        return [await asyncio.to_thread(self._listing, document)]

    def _listing(self, document: object) -> Listing:
        records = self._records(document)
        if not records:
            raise SourceMalformed(self.id, f"{self.id} listed no models; those known stay.")
        read, rejected = rows.read(self._provider.id, ((_id(record), record) for record in records))
        if not read:
            raise SourceMalformed(self.id, f"{self.id} listed {len(records)} records, none of which is a model.")
        return Listing(self._provider, read, rejected)

    def _records(self, document: object) -> list[object]:
        if isinstance(document, list):
            return document
        if not isinstance(document, dict):
            raise SourceMalformed(self.id, f"{self.id} answered no list of models.")
        if document.get("has_more") is True or any(document.get(key) for key in _NEXT_PAGE):
            raise SourceMalformed(self.id, f"{self.id} answers in pages, which {KIND} does not read.")
        for key in ("data", "models"):
            records = document.get(key)
            if isinstance(records, list):
                return records
        raise SourceMalformed(self.id, f"{self.id} answered no list of models.")

    def map(self, listing_provider_id: str, row: RawRow) -> pb.Model:
        """The facts of one record; see the top of this file."""
        raw = row.raw
        model = pb.Model(
            id=f"{listing_provider_id}/{row.provider_model_id}",
            canonical_id=_canonical(row.provider_model_id, raw),
            display_name=values.text(raw.get("display_name"), 1024) or values.text(raw.get("name"), 1024),
            description=values.prose(raw.get("description"), 8192),
            tags=values.words(raw.get("tags"), limit=128),
        )
        _put_limits(model, raw)
        modalities.put(model, *_stated_modalities(raw))
        _put_kind(model.capabilities, row.provider_model_id, raw)
        _put_flags(model.capabilities, raw)
        _put_details(model, raw)
        self._put_prices(model, raw)
        _put_lifecycle(model, raw)
        _put_metadata(model, raw)
        Vocabulary.load().imply(model.capabilities)
        return model

    def _put_prices(self, model: pb.Model, raw: Mapping[str, object]) -> None:
        writes_text = values.text(raw.get("type"), 64) in TEXT_TYPES or raw.get("supports_chat") is True
        for field in self._prices:
            amount = values.amount(_at(raw, *field.path))
            # Lists say 0 of images (billed by the piece), of what embeddings give and of a cache that is not there.
            if amount is not None and (amount != "0" or (writes_text and field.meter != "cache_read")):
                price = model.prices[field.meter]
                price.amount, price.unit, price.currency = amount, pb.PRICE_UNIT_MILLION_TOKENS, "USD"
                if field.meter == "cache_read":
                    model.capabilities["prompt_caching"].flag = True


def _id(record: object) -> object:
    """LM Studio's own list calls it `key`."""
    return record.get("id", record.get("key")) if isinstance(record, dict) else None


def _at(raw: object, *path: str) -> object:
    for key in path:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw


def _canonical(model_id: str, raw: Mapping[str, object]) -> str:
    """A server's alias says less than the weights it serves (`root`); an adapter (`parent`) is nobody else's model."""
    if raw.get("parent"):
        return ""
    root = _public(raw.get("root"), 1024)
    return names.canonical(root or model_id)


def _public(value: object, limit: int) -> str:
    """A text that is no path on somebody's machine."""
    text = values.text(value, limit)
    return "" if _PATH.match(text) else text


def _first_whole(raw: Mapping[str, object], paths: Iterable[tuple[str, ...]]) -> int | None:
    return next((number for path in paths if (number := values.whole(_at(raw, *path)))), None)


def _put_limits(model: pb.Model, raw: Mapping[str, object]) -> None:
    if context := _first_whole(raw, CONTEXT_FIELDS):
        model.context_window = context
    if largest_input := values.whole(raw.get("max_input_tokens")):
        model.max_input_tokens = largest_input
    if largest_output := _first_whole(raw, OUTPUT_FIELDS):
        model.max_output_tokens = largest_output


def _stated_modalities(raw: Mapping[str, object]) -> tuple[list[str] | None, list[str] | None]:
    return (
        _words(raw.get("input_modalities")) or _words(_at(raw, "architecture", "input_modalities")),
        _words(raw.get("output_modalities")) or _words(_at(raw, "architecture", "output_modalities")),
    )


def _words(value: object) -> list[str] | None:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else None


def _put_kind(capabilities: MessageMap[str, pb.CapabilityValue], model_id: str, raw: Mapping[str, object]) -> None:
    """What kind of model it is: by its stated type, else by a well-known name where the row states nothing else."""
    kind = raw.get("type")
    stated = TYPES.get(kind, ()) if isinstance(kind, str) else ()
    if not stated and not len(capabilities):
        name = model_id.rpartition("/")[2].lower()
        stated = tuple(each for pattern, found in NAME_PATTERNS if pattern.match(name) for each in found)
    for name in stated:
        capabilities[name].flag = True


def _put_flags(capabilities: MessageMap[str, pb.CapabilityValue], raw: Mapping[str, object]) -> None:
    """Stated flags: fields of the row, an object of flags, or a list of what it can do (whose gaps say nothing)."""
    stated = raw.get("capabilities")
    for key, name in FLAG_FIELDS.items():
        flag = values.flag(raw.get(key))
        if flag is not None:
            capabilities[name].flag = flag
    if isinstance(stated, Mapping):
        for key, name in ABILITIES.items():
            flag = values.flag(stated.get(key))
            if flag is not None:
                capabilities[name].flag = flag
    for word in _words(stated) or ():
        if word.lower() in ABILITIES:
            capabilities[ABILITIES[word.lower()]].flag = True


def _put_details(model: pb.Model, raw: Mapping[str, object]) -> None:
    capabilities = model.capabilities
    if levels := values.words(_at(raw, "effort", "supported_levels"), limit=256, count=20):
        capabilities["reasoning_effort_levels"].list.values.extend(levels)
    if license_name := _public(raw.get("license"), 256):
        capabilities["license"].text = license_name
    quantization = raw.get("quantization")
    if name := values.text(_at(quantization, "name") or quantization, 256):
        capabilities["quantization"].text = name
    if parameters := values.whole(_at(raw, "meta", "n_params")):
        capabilities["parameter_count"].number = parameters
    if pb.MODALITY_EMBEDDING in model.output_modalities and (size := values.whole(_at(raw, "meta", "n_embd"))):
        capabilities["embedding_dimensions"].number = size


def _put_lifecycle(model: pb.Model, raw: Mapping[str, object]) -> None:
    released = None if values.text(raw.get("owned_by"), 64) in NO_RELEASE_OWNERS else values.second(raw.get("created"))
    deprecated = values.second(raw.get("deprecation_date"))
    retired = values.second(raw.get("shutdown_date"))
    if released is not None:
        model.lifecycle.release_time.seconds = released
    if deprecated is not None:
        model.lifecycle.deprecation_time.seconds = deprecated
    if retired is not None:
        model.lifecycle.retirement_time.seconds = retired
    if raw.get("active") is False:
        model.lifecycle.stage = pb.LIFECYCLE_STAGE_RETIRED


def _put_metadata(model: pb.Model, raw: Mapping[str, object]) -> None:
    """Allowed keys only: what a server adds beside them may change with every answer, or tell of its machine."""
    for key in METADATA_FIELDS:
        if text := _public(raw.get(key), 1024):
            model.metadata.fields[key].string_value = text
    if aliases := [word for word in values.words(raw.get("aliases"), limit=256, count=20) if not _PATH.match(word)]:
        for alias in aliases:
            model.metadata.fields["aliases"].list_value.values.add(string_value=alias)
