"""The built-in strategies, as settings switch and tune them."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.strategies import STRATEGY_OF, Strategies
from modeldex_server.errors import StrategyDisabled
from modeldex_server.settings.cache import CacheSettings
from support.invalidations import invalidation

BY_TAG, BY_PROVIDER, BY_VERSION = (
    pb.INVALIDATION_REASON_TAG_INVALIDATION,
    pb.INVALIDATION_REASON_PROVIDER_UPDATE,
    pb.INVALIDATION_REASON_VERSION_CHANGE,
)
NAMES = ["memory_pressure", "provider_update", "tag_invalidation", "ttl", "version_change"]


def strategies(**switches: dict[str, Any]) -> Strategies:
    """Those of a server with such settings."""
    return Strategies(CacheSettings.model_validate({"strategies": switches}))


def test_all_five_are_listed_by_name() -> None:
    """Each with what it does, its reasons and how it is tuned; only memory pressure is each process's own."""
    listed = strategies(provider_update={"automatic": True}, ttl={"enabled": False}).list()
    assert [one.name for one in listed] == NAMES
    assert [one.name for one in listed if not one.enabled] == ["ttl"]
    assert [one.name for one in listed if one.local] == ["memory_pressure"]
    assert all(one.description.endswith(".") for one in listed)
    parameters = {one.name: MessageToDict(one.parameters) for one in listed}
    assert parameters == {
        "memory_pressure": {
            "cache.bytes": 104857600,
            "cache.eviction": "lru",
            "cache.high_water_mark": 0.9,
            "cache.low_water_mark": 0.8,
        },
        "provider_update": {
            "cache.strategies.provider_update.automatic": True,
            "cache.strategies.provider_update.mode": "soft",
        },
        "tag_invalidation": {},
        "ttl": {"cache.cleanup_interval": 60},
        "version_change": {
            "cache.strategies.version_change.automatic": False,
            "cache.strategies.version_change.mode": "soft",
        },
    }


def test_a_reason_belongs_to_one_strategy_at_most() -> None:
    """Each strategy lists its own reasons; somebody's wish and a changed configuration belong to none."""
    listed = [reason for one in strategies().list() for reason in one.reasons]
    assert len(listed) == len(set(listed)) == len(STRATEGY_OF)
    assert set(pb.InvalidationReason.values()) - set(listed) == {
        pb.INVALIDATION_REASON_UNSPECIFIED,
        pb.INVALIDATION_REASON_MANUAL_INVALIDATION,
        pb.INVALIDATION_REASON_CONFIGURATION_CHANGE,
    }


@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("tag_invalidation", [{"tags": ["red"]}, {"key": "acme/one", "reason": BY_TAG}]),
        ("provider_update", [{"provider": "acme"}, {"everything": True, "reason": BY_PROVIDER}]),
        ("version_change", [{"key": "acme/one", "expected_version": 0}, {"key": "acme/one", "reason": BY_VERSION}]),
        ("ttl", [{"expired": True}]),
        ("memory_pressure", [{"everything": True, "reason": pb.INVALIDATION_REASON_MEMORY_PRESSURE}]),
    ],
)
def test_what_belongs_to_one_that_is_off_is_refused(name: str, requests: list[dict[str, Any]]) -> None:
    """By its target or by its reason; with all others off and this one on it is let through."""
    off = strategies(**{name: {"enabled": False}})
    only = strategies(**{other: {"enabled": False} for other in NAMES if other != name})
    for request in requests:
        with pytest.raises(StrategyDisabled) as refused:
            off.require(invalidation(**request))
        assert refused.value.metadata == {"strategy": name}
        only.require(invalidation(**request))


def test_what_belongs_to_none_is_always_let_through() -> None:
    """Whatever is off: keys, and everything, by hand."""
    off = strategies(**{name: {"enabled": False} for name in NAMES})
    off.require(invalidation(key="acme/one"))
    off.require(invalidation(everything=True, namespace="ours"))
