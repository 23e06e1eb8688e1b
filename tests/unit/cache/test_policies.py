"""Policies: settings, and what the configuration says where they leave it open."""

from __future__ import annotations

import math
from datetime import timedelta

from modeldex_server.cache.policies import Operation, Policies
from modeldex_server.settings.cache import CacheSettings


def test_the_configuration_says_what_settings_leave_open() -> None:
    """What the settings set wins, the live configuration says the rest, and before it is read it is 10 minutes."""
    policies = Policies(CacheSettings(refresh_ttl=timedelta(seconds=7)))
    assert [policies.ttl(operation, 0.5) for operation in Operation] == [600, 7, 600]
    policies.use(enabled=False, ttl=timedelta(seconds=42))
    assert [policies.ttl(operation, 0.5) for operation in Operation] == [42, 7, 42]
    assert not policies.enabled
    assert policies.manual_ttl == timedelta(seconds=42)


def test_pressure_shortens_lives() -> None:
    """The strategy "pressure" lets a copy live its whole time in an empty memory, and half of it in a full one."""
    policies = Policies(CacheSettings(ttl="pressure", discovery_ttl=timedelta(seconds=100)))
    lives = [policies.ttl(Operation.DISCOVERY, pressure) for pressure in (0, 0.5, 1, 1.5)]
    assert lives == [100, 75, 50, 50]


def test_early_refresh_is_a_share_of_the_life() -> None:
    """1 is never, and not at the very end."""
    assert Policies(CacheSettings(early_refresh=0.25)).refresh_after(40) == 10
    assert Policies(CacheSettings(early_refresh=1)).refresh_after(40) == math.inf


def test_policies_are_told_as_they_are() -> None:
    """What callers see names every policy in force; a TTL of Redis only where there is one."""
    settings = CacheSettings(eviction="ttl", ttl="pressure", manual_ttl=timedelta(seconds=1.5), low_water_mark=0.5)
    told = Policies(settings, redis=True).message()
    assert (told.cache_enabled, told.eviction, told.ttl) == (True, "ttl", "pressure")
    assert (told.discovery_ttl.seconds, told.refresh_ttl.seconds) == (600, 600)
    assert (told.manual_ttl.ToTimedelta(), told.cleanup_interval.seconds) == (timedelta(seconds=1.5), 60)
    assert (told.early_refresh, told.high_water_mark, told.low_water_mark) == (0.8, 0.9, 0.5)
    assert told.redis_ttl.seconds == 3600
    assert not Policies(settings).message().HasField("redis_ttl")
