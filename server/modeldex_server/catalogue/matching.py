"""Whether a model matches a `ModelFilter`: the same as `filters.py` asks of the store, for a model in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal, InvalidOperation

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger import columns

Test = Callable[[pb.Model], bool]
TermTest = Callable[[list[str]], bool]

_LIMITS = (
    ("context_window", "min_context_window"),
    ("max_input_tokens", "min_max_input_tokens"),
    ("max_output_tokens", "min_max_output_tokens"),
)
_SETS = tuple(
    field.name for field in api.ModelFilter.DESCRIPTOR.fields if field.is_repeated and field.message_type is None
)


@dataclass(frozen=True, slots=True)
class ModelMatcher:
    """A filter of models that are live. Calling it says whether one matches; `key` is equal for filters that mean the
    same, in every process."""

    key: bytes
    _tests: tuple[Test, ...]

    def __call__(self, model: pb.Model, /) -> bool:
        for test in self._tests:  # noqa: SIM110 - a generator takes longer than most tests
            if not test(model):
                return False
        return True


def model_matcher(wanted: api.ModelFilter) -> ModelMatcher:
    """What `ListModels` shows of live models by a valid filter. An empty one hides the retired and the unlisted."""
    return ModelMatcher(_canonical(wanted).SerializeToString(deterministic=True), tuple(_tests(wanted)))


def _tests(wanted: api.ModelFilter) -> Iterator[Test]:
    """The cheap ones first."""
    if not wanted.include_unlisted:
        yield lambda model: not model.unlisted
    yield _stage(wanted)
    if wanted.provider_ids:
        providers = frozenset(wanted.provider_ids)
        yield lambda model: model.provider_id in providers
    if canonical_id := wanted.canonical_id:
        yield lambda model: model.canonical_id == canonical_id
    for name, least in _LIMITS:
        if wanted.HasField(least):  # type: ignore[arg-type] # one of the filter's
            yield _at_least(name, getattr(wanted, least))
    for ceiling in wanted.price_ceilings:
        yield _ceiling(ceiling)
    if wanted.HasField("retires_before"):
        yield _retires_before(wanted)
    if words := _words(wanted):
        yield lambda model: _holds(columns.search_text(model), words)
    if asked := list(_of_terms(wanted)):
        yield _terms(asked)


def _stage(wanted: api.ModelFilter) -> Test:
    if wanted.lifecycle_stages:
        stages = frozenset(wanted.lifecycle_stages)
        return lambda model: model.lifecycle.stage in stages
    return lambda model: model.lifecycle.stage != pb.LIFECYCLE_STAGE_RETIRED


def _at_least(name: str, least: int) -> Test:
    return lambda model: model.HasField(name) and getattr(model, name) >= least  # type: ignore[arg-type] # of _LIMITS


def _ceiling(ceiling: api.PriceCeiling) -> Test:
    meter, most = ceiling.meter, Decimal(ceiling.max_amount)
    key = columns.price_key(meter, ceiling.unit or pb.PRICE_UNIT_MILLION_TOKENS, ceiling.currency or "USD")

    def test(model: pb.Model) -> bool:
        price = model.prices.get(meter)
        return price is not None and columns.price_key(meter, price.unit, price.currency) == key and _most(price, most)

    return test


def _most(price: pb.Price, most: Decimal) -> bool:
    try:
        return Decimal(price.amount) <= most
    except InvalidOperation:  # of an update that was published from outside, unchecked
        return False


def _retires_before(wanted: api.ModelFilter) -> Test:
    limit = wanted.retires_before.ToDatetime(UTC)

    def test(model: pb.Model) -> bool:
        moment = columns.moment_of(model.lifecycle, "retirement_time")
        return moment is not None and moment < limit

    return test


def _words(wanted: api.ModelFilter) -> tuple[str, ...]:
    return tuple(dict.fromkeys(wanted.query.casefold().split()))


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words)


def _of_terms(wanted: api.ModelFilter) -> Iterator[TermTest]:
    """What is asked of the terms of a model, which take a while to put together."""
    required = {
        *map(columns.has, wanted.capabilities_true),
        *map(columns.has_not, wanted.capabilities_false),
        *map(columns.tagged, wanted.tags),
        *map(columns.takes, wanted.input_modalities),
        *map(columns.gives, wanted.output_modalities),
    }
    if required:
        yield required.issubset
    for name in wanted.capabilities_present:
        yield _any_of(columns.has(name), columns.has_not(name))
    if wanted.capabilities_unknown:
        yield {term(name) for name in wanted.capabilities_unknown for term in (columns.has, columns.has_not)}.isdisjoint
    if wanted.any_tags:
        yield _any_of(*map(columns.tagged, wanted.any_tags))


def _any_of(*wanted: str) -> TermTest:
    words = frozenset(wanted)
    return lambda terms: not words.isdisjoint(terms)


def _terms(asked: list[TermTest]) -> Test:
    def test(model: pb.Model) -> bool:
        terms = columns.terms(model)
        return all(one(terms) for one in asked)

    return test


def _canonical(wanted: api.ModelFilter) -> api.ModelFilter:
    """The filter without order and repetition, and with its defaults."""
    plain = api.ModelFilter()
    plain.CopyFrom(wanted)
    for name in _SETS:
        members = sorted(set(getattr(wanted, name)))
        del getattr(plain, name)[:]
        getattr(plain, name).extend(members)
    plain.query = " ".join(sorted(_words(wanted)))
    for ceiling in plain.price_ceilings:
        ceiling.unit = ceiling.unit or pb.PRICE_UNIT_MILLION_TOKENS
        ceiling.currency = ceiling.currency or "USD"
    ceilings = sorted({ceiling.SerializeToString(deterministic=True) for ceiling in plain.price_ceilings})
    del plain.price_ceilings[:]
    plain.price_ceilings.extend(map(api.PriceCeiling.FromString, ceilings))
    return plain
