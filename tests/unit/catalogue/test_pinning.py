"""Pins against what sources say."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeldex.v1 import model_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue import facts
from modeldex_server.catalogue.pinning import (
    differ,
    drift,
    effective,
    held,
    is_under,
    pinned_as,
    whole,
    with_new,
)
from modeldex_server.ledger.diff import leaves, steps
from modeldex_server.ledger.documents import canonical, encode
from support.models import models, plain

_BESIDE = ("id", "provider", "field_sources", "listed_by", "unlisted")
WHOLE = ModelPin(principal="ann")


# Each example draws several models, each of them with all its fields.
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def upstreams(draw: st.DrawFn) -> pb.Model:
    """What a source makes of a model, beside another that only lists it."""
    names = draw(st.sampled_from([("own",), ("aaa",), ("aaa", "own")]))
    said = canonical(draw(models()))
    document = facts.merge([(name, said if name == names[0] else pb.Model(id=said.id)) for name in names])
    document.unlisted = draw(st.booleans())
    return document


@st.composite
def pins_of(draw: st.DrawFn, document: pb.Model) -> list[ModelPin]:
    """Pins of parts of a document, one after the other."""
    found = [path for path in leaves(document) if not path.startswith(_BESIDE)]
    paths = sorted({*map(pinned_as, found), *(next(steps(path)) for path in found)})
    pins: list[ModelPin] = []
    for path in draw(st.lists(st.sampled_from([*paths, "family", "metadata"]), max_size=5)):
        pins = with_new(pins, [ModelPin(path=path, facts=held(document, path), principal="ann")])
    return pins


def facts_of(document: pb.Model, pins: Sequence[ModelPin], *, pinned: bool) -> dict[str, bytes]:
    """The facts of a document that are pinned, or those that are not."""
    return {
        path: value.SerializeToString(deterministic=True)
        for path, value in leaves(document).items()
        if any(is_under(path, pin.path) for pin in pins) is pinned and not path.startswith(_BESIDE)
    }


@few
@given(st.data())
def test_what_is_pinned_stays_whatever_sources_say(data: st.DataObject) -> None:
    """rollback survives refresh: after any number of refreshes what is pinned is as it was at the pin, and all else is
    as sources say."""
    served = data.draw(upstreams())
    pins = data.draw(pins_of(served))
    wanted = facts_of(served, pins, pinned=True)
    for upstream in data.draw(st.lists(upstreams(), min_size=1, max_size=2)):
        after = effective(upstream, pins, served)
        assert after is not None
        assert facts_of(after, pins, pinned=True) == wanted
        assert facts_of(after, pins, pinned=False) == facts_of(upstream, pins, pinned=False)
        assert (list(after.listed_by), after.unlisted) == (list(upstream.listed_by), upstream.unlisted)
        assert encode(canonical(after)) == encode(after)
        served = after


@few
@given(st.data())
def test_a_fact_keeps_the_source_that_supplied_it(data: st.DataObject) -> None:
    """unknown is not false: every fact has the source that it is from, a pinned one that of the pin; of facts that are
    not there none is named."""
    served, upstream = data.draw(upstreams()), data.draw(upstreams())
    pins = data.draw(pins_of(served))
    after = effective(upstream, pins, served)
    assert after is not None
    known = list(facts.paths(after))
    for path in known:
        sources = {facts.source_of(served, path), facts.source_of(upstream, path)}
        assert facts.source_of(after, path) in sources
    assert set(after.field_sources) <= {"*", *known}
    assert effective(served, pins, served) == served


@few
@given(upstreams(), upstreams() | st.none())
def test_a_model_that_is_pinned_whole_stays_byte_for_byte(served: pb.Model, upstream: pb.Model | None) -> None:
    """rollback survives refresh: also where no source lists it any more; with a pin of a part it leaves."""
    assert effective(upstream, [WHOLE], served) is served
    part = ModelPin(path="family", facts=held(served, "family"))
    assert (effective(upstream, [part], served) is None) == (upstream is None)
    assert effective(upstream, [], served) is upstream


@few
@given(st.data())
def test_drift_names_what_differs_and_is_pinned(data: st.DataObject) -> None:
    """drift is told: exactly the pinned facts in which sources differ from what is served."""
    served, upstream = data.draw(upstreams()), data.draw(upstreams())
    pins = data.draw(pins_of(served) | st.just([WHOLE]))
    one, other = (facts_of(document, pins, pinned=True) for document in (served, upstream))
    differing = sorted(path for path in one | other if one.get(path) != other.get(path))
    told = drift(served, upstream, pins)
    assert (told is None) == (not differing)
    if told is not None:
        assert told.operation.metadata["paths"] == ",".join(differing)
        assert told.operation.metadata["listed"] == "true"
        assert (told.operation.model_id, told.operation.provider_id) == ("acme/one", "acme")
    assert differ(served, upstream, pins) == bool(differing)


def test_drift_where_nobody_lists_the_model() -> None:
    """drift is told: that no source lists what is pinned is told, too, and that one lists it again."""
    served = facts.merge([("own", canonical(plain("acme/one")))])
    told = drift(served, None, [WHOLE])
    assert told is not None
    assert told.operation.type == update_pb2.OPERATION_UPDATE_TYPE_UPSTREAM_DRIFT
    assert dict(told.operation.metadata) == {"paths": "", "listed": "false"}
    assert drift(served, None, []) is None
    assert differ(None, served, [WHOLE])
    assert differ(served, None, [WHOLE])
    assert not differ(None, None, [WHOLE])


def test_an_event_names_no_more_paths_than_anybody_reads() -> None:
    """drift is told: in an event of bounded size, which says how many paths it leaves out."""
    one, other = plain("acme/one"), plain("acme/one")
    for number in range(500):
        one.capabilities[f"capability_{number}"].flag = True
    told = drift(canonical(one), canonical(other), [WHOLE])
    assert told is not None
    named = told.operation.metadata["paths"].split(",")
    assert len(named) + int(told.operation.metadata["more_paths"]) == 500
    assert told.operation.ByteSize() < 10_000


def test_a_pin_takes_the_place_of_what_is_under_it() -> None:
    """rollback survives refresh: a pin of the same path or of more replaces; one of less stands beside it."""

    def paths(*pins: ModelPin) -> list[str]:
        return [pin.path for pin in pins]

    prices, meter, tags = (ModelPin(path=path) for path in ("prices", 'prices["input"]', "tags"))
    assert paths(*with_new([meter, tags], [prices])) == ["tags", "prices"]
    assert paths(*with_new([prices, tags], [meter])) == ["prices", "tags", 'prices["input"]']
    assert paths(*with_new([prices, meter, tags], [WHOLE])) == [""]
    renewed = with_new([WHOLE, tags], [ModelPin(path="tags", principal="bob")])
    assert [(pin.path, pin.principal) for pin in renewed] == [("", "ann"), ("tags", "bob")]
    assert whole(renewed) is WHOLE
    assert whole([tags]) is None


def test_of_pins_that_cover_a_fact_the_narrowest_counts() -> None:
    """rollback survives refresh: whichever was set first, and when it ends the wider one holds again."""
    served = facts.merge([("own", canonical(plain("acme/one")))])
    wide = ModelPin(path="prices", facts=held(served, "prices"))
    other = pb.Model(id="acme/one")
    other.prices["input"].MergeFrom(pb.Price(amount="9", unit=pb.PRICE_UNIT_IMAGE))
    narrow = ModelPin(path='prices["input"]', facts=held(canonical(other), 'prices["input"]'))
    said = facts.merge([("own", canonical(pb.Model(id="acme/one")))])
    for pins in ([wide, narrow], [narrow, wide]):
        after = effective(said, pins, served)
        assert after is not None
        assert after.prices["input"].amount == "9"
        assert after.prices["input"].unit == pb.PRICE_UNIT_IMAGE
    without = effective(said, [wide], served)
    assert without is not None
    assert without.prices["input"].amount == "2.5"


def test_under_a_pin_of_the_whole_model_its_version_holds_again() -> None:
    """rollback survives refresh: where a narrower pin ends, the version that was pinned whole is served, not what
    sources say."""
    pinned = facts.merge([("own", canonical(plain("acme/one", "Pinned")))])
    served, said = pb.Model(), pb.Model()
    served.CopyFrom(pinned)
    served.display_name = "Narrow"
    said.CopyFrom(pinned)
    said.display_name = "Said"
    assert effective(said, [WHOLE], served, pinned) == pinned
