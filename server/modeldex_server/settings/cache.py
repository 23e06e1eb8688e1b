"""What is set of the cache."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from modeldex_server.errors import StartError
from modeldex_server.security.encryption import KeyRing
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.settings.values import OptionalPath, OptionalSecret, OptionalSpan, Span, list_of_text, within

_Ttl = Annotated[OptionalSpan, within(timedelta(seconds=1), timedelta(days=30), "1 second to 30 days")]
_Path = Annotated[str, Field(min_length=1, max_length=256)]
_Paths = Annotated[list[_Path], Field(max_length=100), NoDecode, BeforeValidator(list_of_text)]


class StrategySettings(BaseModel):
    """One of the built-in ways that entries are invalidated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    """Whether it is in force."""


class AutomaticStrategySettings(StrategySettings):
    """One that can act by itself when the catalogue changes."""

    automatic: bool = False
    """Whether callers' entries are invalidated by it when the catalogue changes, beside where a call asks for it."""
    mode: Literal["soft", "hard"] = "soft"
    """How it does so by itself."""


class StrategiesSettings(BaseModel):
    """The built-in ways that entries are invalidated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ttl: StrategySettings = Field(default_factory=StrategySettings)
    """What has expired is removed at each cleanup. It is never answered either way."""
    memory_pressure: StrategySettings = Field(default_factory=StrategySettings)
    """Above the high water mark copies are dropped until the low one; else when the budget is used up."""
    provider_update: AutomaticStrategySettings = Field(default_factory=AutomaticStrategySettings)
    """Entries of a provider are invalidated, by itself when models of it change."""
    tag_invalidation: StrategySettings = Field(default_factory=StrategySettings)
    """Entries with a tag are invalidated."""
    version_change: AutomaticStrategySettings = Field(default_factory=AutomaticStrategySettings)
    """Entries whose model has another version are invalidated, by itself when the catalogue's model changes."""


class CacheSettings(BaseModel):
    """What is kept in memory and in Redis, and for how long. `discovery.cache_enabled` switches all of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: int = Field(default=100 * 1024 * 1024, ge=0)
    """The memory of a process for copies of models and entries, bookkeeping included. 0 keeps nothing."""
    eviction: Literal["lru", "ttl"] = "lru"
    """Which copy goes first of those of the lowest priority: the least recently read, or the one that expires first."""
    ttl: Literal["fixed", "pressure"] = "fixed"
    """`pressure` shortens TTLs of copies as the budget fills: to half where it is full."""
    discovery_ttl: _Ttl = None
    """How long a copy lives that a read brought. Defaults to `discovery.cache_ttl`."""
    refresh_ttl: _Ttl = None
    """The same of one that a refresh brought."""
    manual_ttl: _Ttl = None
    """The same of one that a caller saved, and the TTL of entries that callers set without one."""
    early_refresh: float = Field(default=0.8, ge=0.1, le=1)
    """The share of its life after which a copy that is read is read anew in the background. 1: never."""
    high_water_mark: float = Field(default=0.9, ge=0.1, le=1)
    """The share of the budget above which copies are dropped."""
    low_water_mark: float = Field(default=0.8, ge=0.05, le=1)
    """The share that they are dropped to."""
    cleanup_interval: Annotated[Span, within(timedelta(seconds=1), timedelta(hours=1), "1 second to 1 hour")] = (
        timedelta(seconds=60)
    )
    """How often what is not needed any more is looked for."""
    redis_ttl: Annotated[Span, within(timedelta(seconds=1), timedelta(days=1), "1 second to 1 day")] = timedelta(
        hours=1
    )
    """How long a copy in Redis lives, give or take a tenth."""
    max_entries: int = Field(default=1_000_000, ge=0)
    """The most entries of callers, in all namespaces. One more fails with `TOO_MANY_ENTRIES`."""
    max_rules: int = Field(default=1000, ge=0, le=1000)
    """The most invalidation rules. One more fails with `TOO_MANY_RULES`."""
    secret_paths: _Paths = Field(default_factory=list)
    """Paths in the metadata of entries and of their models whose values are stored encrypted, for example
    `["api_key", "credentials.token"]`. They need `encryption_keys` or `encryption_keys_file`."""
    encryption_keys: OptionalSecret = None
    """The ring of keys: `ID:BASE64` of 32 bytes each, with commas between. The first one seals, all open."""
    encryption_keys_file: OptionalPath = None
    """A file that holds the same, one key a line. Lines that begin with `#` are comments."""
    strategies: StrategiesSettings = Field(default_factory=StrategiesSettings)
    """The built-in ways that entries are invalidated."""

    @field_validator("secret_paths")
    @classmethod
    def _are_paths(cls, value: list[str]) -> list[str]:
        SecretPaths(value)
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            KeyRing.parse(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _marks_fit(self) -> Self:
        if self.low_water_mark > self.high_water_mark:
            raise ValueError("low_water_mark must not be above high_water_mark")
        if self.encryption_keys is not None and self.encryption_keys_file is not None:
            raise ValueError("encryption_keys and encryption_keys_file cannot both be set")
        if self.secret_paths and self.encryption_keys is None and self.encryption_keys_file is None:
            raise ValueError("secret_paths needs encryption_keys or encryption_keys_file")
        return self

    def key_ring(self) -> KeyRing | None:
        """The ring of keys; None where there is none. Raises StartError where its file cannot be read."""
        if self.encryption_keys is not None:
            return KeyRing.parse(self.encryption_keys.get_secret_value())
        if (file := self.encryption_keys_file) is None:
            return None
        try:
            return KeyRing.parse(file.read_text())
        except OSError as error:
            raise StartError(f"The file of encryption keys {file} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise StartError(f"The file of encryption keys {file} is no text.") from None
        except ValueError as error:
            raise StartError(f"The file of encryption keys {file} {error}.") from None
