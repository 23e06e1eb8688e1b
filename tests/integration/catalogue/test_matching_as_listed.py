"""One meaning of a ModelFilter: in memory, where watches ask, and in the store, where lists do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.listing import Lister
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.matches import IDS, documents, filters


async def _save(ledger: Ledger, models: Sequence[pb.Model]) -> None:
    def decide(heads: Mapping[str, Head]) -> Decision:
        def change(model: pb.Model) -> ModelChange:
            operation = Operation.UPDATE if heads[model.id].version else Operation.CREATE
            return ModelChange(model.id, operation, model, private=True)

        return Decision(models=[change(model) for model in models])

    await ledger.write(Write("ann", "SaveModel", "all", [model.id for model in models], decide, create=True))


def test_a_model_matches_in_memory_if_and_only_if_it_is_listed(database_url: str) -> None:
    """converging: a copy kept by a filter is what ListModels gives with it, for any models and any filter."""
    met: list[int] = []
    with asyncio.Runner() as runner:
        database = Database(database_url, size=2)
        runner.run(database.open())
        ledger, lister = Ledger(database, lambda _: None), Lister(database, Availability())

        async def agree(models: Sequence[pb.Model], wanted: Sequence[api.ModelFilter]) -> None:
            await _save(ledger, models)
            for one in wanted:
                page = await lister.page(api.ListModelsRequest(filter=one, page_size=500), None, EVERYTHING)
                listed = sorted(pb.Model.FromString(model).id for model in page.models)
                matcher = model_matcher(one)
                assert sorted(model.id for model in models if matcher(model)) == listed, one
                met.append(len(listed))

        # The assertion names the filter; to find a smaller example each would be written to the store.
        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(st.tuples(*map(documents, IDS)), st.lists(filters(), min_size=6, max_size=6))
        def examples(models: Sequence[pb.Model], wanted: Sequence[api.ModelFilter]) -> None:
            runner.run(agree(models, wanted))

        try:
            examples()
        finally:
            runner.run(database.close())
    assert any(met), "no filter was met by any model: the examples say nothing"
    assert 0 < sum(met) < len(met) * len(IDS)


async def test_the_time_of_a_retirement_counts_to_the_microsecond_in_both(database: Database) -> None:
    """converging: what the store rounds is rounded in memory too."""
    model = pb.Model(id="acme/one")
    model.lifecycle.retirement_time.FromDatetime(datetime(2030, 1, 1, tzinfo=UTC))
    model.lifecycle.retirement_time.nanos = 999
    await _save(Ledger(database, lambda _: None), [canonical(model)])
    for nanos, expected in ((0, False), (999, False), (1000, True)):
        wanted = api.ModelFilter(retires_before=model.lifecycle.retirement_time)
        wanted.retires_before.nanos = nanos
        page = await Lister(database, Availability()).page(api.ListModelsRequest(filter=wanted), None, EVERYTHING)
        assert (len(page.models) == 1, model_matcher(wanted)(model)) == (expected, expected)
