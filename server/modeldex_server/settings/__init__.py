"""What the server is told at its start: one typed tree.

A value comes from the command line, else the environment (`MODELDEX_LISTEN`; nested: `MODELDEX_SOURCES__OPENAI__URL`),
else a TOML file (`--config FILE` or `MODELDEX_CONFIG`), else its default. A name that means nothing is refused, and a
problem is told in one line that names where to correct it and never shows a secret: see `problems.py`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from modeldex_server.errors import StartError
from modeldex_server.security.quotas import LEAST_RATE, MOST, Quota
from modeldex_server.settings import problems
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.settings.history import HistorySettings
from modeldex_server.settings.values import (
    Limit,
    OptionalPath,
    OptionalSecret,
    OptionalSpan,
    OptionalText,
    Span,
    Wait,
    names_redis,
    nothing_or_within,
    split_address,
    within,
)

ENVIRONMENT_PREFIX = "MODELDEX_"
# Variables that are no settings of their own.
CONFIG_VARIABLE = "MODELDEX_CONFIG"
WORKER_VARIABLE = "MODELDEX_WORKER"


class SourceSettings(BaseModel):
    """One source of models. `kind` may be left out where the source's name says it, as for `models_dev`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    """Whether it is asked. `false` switches off what is on by itself, as `models_dev` is."""
    kind: Literal["models_dev", "openai_compatible"] | None = None
    """Which code reads it. Defaults to what the source's name says."""
    provider_id: OptionalText = None
    """The first part of its models' ids. Defaults to what the name says, else to the name itself."""
    url: OptionalText = None
    """Where it is: up to `/v1` for `openai_compatible`, the file's address for `models_dev`. Not needed where the name
    says it."""
    file: OptionalPath = None
    """A file of the shape of models.dev, read at each refresh. For `models_dev` only."""
    api_key: OptionalSecret = None
    """The key that the source is asked with. A provider known by name is switched on by it."""


class DiscoverySettings(BaseModel):
    """Values of DiscoveryConfiguration that the server's owner fixes. What is absent can be changed by a call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refresh_interval: Annotated[
        OptionalSpan, within(timedelta(seconds=10), timedelta(days=30), "10 seconds to 30 days")
    ] = None
    """How long after a refresh of a source ended the next one begins, give or take 10 %."""
    provider_timeout: Annotated[
        OptionalSpan, within(timedelta(seconds=1), timedelta(minutes=10), "1 second to 10 minutes")
    ] = None
    """The most time one refresh of a source may take, reading and retries included."""
    max_concurrent_providers: Annotated[int, Field(ge=1, le=100)] | None = None
    """The most sources that a replica asks at a time."""
    retry_attempts: Annotated[int, Field(ge=0, le=10)] | None = None
    """How often a request to a source that failed in a way that may pass is sent again."""
    retry_delay: Annotated[OptionalSpan, within(timedelta(0), timedelta(seconds=60), "0 to 60 seconds")] = None
    """The wait before the first of these, doubled for each further one, give or take half."""
    removal_threshold: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many complete listings in a row must lack a model before its source stops listing it."""
    cache_enabled: bool | None = None
    """Whether models and entries are kept in memory and in Redis."""
    cache_ttl: Annotated[OptionalSpan, within(timedelta(seconds=1), timedelta(days=30), "1 second to 30 days")] = None
    """How long a copy stays in memory, where `cache` does not say it by operation."""
    notifications_enabled: bool | None = None
    """Whether updates are told to watchers."""

    @property
    def fixed_fields(self) -> list[str]:
        """The names of the fields that are set, sorted."""
        return sorted(self.model_dump(exclude_none=True))


class Settings(BaseSettings):
    """Everything that can be set. Spans are timedeltas and are written as seconds ("10", 0.5) or ISO 8601 ("PT10S")."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    listen: str = "localhost:50051"
    """Where gRPC listens, as `HOST:PORT`. Port 0 takes a free one."""
    data_dir: Path = Path("data")
    """The data folder: the embedded PostgreSQL, the file of tokens and the lock that keeps a second server out."""
    database_url: OptionalSecret = None
    """A PostgreSQL of yours, as `postgresql://USER:PASSWORD@HOST/DATABASE`. Without it a private one runs in the data
    folder."""
    migration_database_url: OptionalSecret = None
    """The same database under a role that may change its tables. With it the role of `database_url` needs no more than
    the server does all day, and can neither change nor delete the audit trail."""
    redis_url: OptionalSecret = None
    """A Redis of yours, as `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`; `rediss://` for TLS, with the files
    `?ssl_ca_certs=`, `ssl_certfile=` and `ssl_keyfile=` where it needs them. Replicas hear of each other's changes over
    it too. It is never needed."""
    redis_prefix: str = Field(default="modeldex:", max_length=100)
    """What names in Redis begin with. Catalogues that share a Redis need one each."""
    processes: int = Field(default=1, ge=1, le=64)
    """Server processes that share the port."""
    metrics_listen: str = "localhost:9464"
    """Where `/metrics` listens, as `HOST:PORT`. Empty: no metrics. Process i of several, counted from 0, listens on the
    port plus i."""
    insecure: bool = False
    """Let everybody in, from everywhere, where there are neither tokens nor client certificates."""
    tokens_file: OptionalPath = None
    """The file of tokens that `modeldex tokens` writes. Defaults to `tokens.toml` in the data folder."""
    tls_certificate: OptionalPath = None
    """PEM file of the server's certificate chain. With `tls_key` it switches TLS on."""
    tls_key: OptionalPath = None
    """PEM file of its private key."""
    tls_client_ca: OptionalPath = None
    """PEM file of who signs clients' certificates. Clients then must show one (mTLS)."""
    reflection: bool = True
    """Whether tools such as grpcurl can ask which services there are. It needs the role reader."""
    max_request_bytes: int = Field(default=4 * 1024 * 1024, ge=64 * 1024, le=16 * 1024 * 1024)
    """The largest request, in bytes. A larger one fails with `MESSAGE_TOO_LARGE`."""
    max_streams: int = Field(default=10_000, ge=1, le=1_000_000)
    """The most open watches of a process. One more fails with `TOO_MANY_STREAMS`."""
    max_streams_per_principal: int = Field(default=0, ge=0, le=1_000_000)
    """The most of these that one caller has open. 0: no limit beside `max_streams`. What the file of tokens says of a
    caller wins."""
    stream_age: Annotated[Span, within(timedelta(seconds=1), timedelta(days=1), "1 second to 1 day")] = timedelta(
        minutes=25
    )
    """How long a watch lasts before it is handed over with a token, so that load spreads over replicas, give or take a
    fifth. New calls take a new connection after a little longer."""
    calls_per_second: Annotated[float, nothing_or_within(LEAST_RATE, MOST, "0.001 to 1,000,000, or 0")] = 0.0
    """The most calls of one caller that a process takes, with one second's worth at once; one too many fails with
    `RATE_LIMITED`. 0: no limit. What the file of tokens says of a caller wins."""
    max_subscriptions: int = Field(default=1000, ge=0, le=1_000_000)
    """The most subscriptions of one principal. One more fails with `TOO_MANY_SUBSCRIPTIONS`."""
    log_span: Annotated[Span, within(timedelta(minutes=1), timedelta(days=3650), "1 minute to 3,650 days")] = timedelta(
        hours=24
    )
    """How long the log keeps what changed, at least. Streams can resume from what it keeps."""
    log_revisions: int = Field(default=100_000, ge=1, le=10**9)
    """How many revisions the log keeps, at least."""
    call_timeout: Limit = timedelta(seconds=10)
    """The time of a call that comes without a deadline."""
    refresh_timeout: Limit = timedelta(minutes=10)
    """The time of a refresh that comes without a deadline."""
    drain_delay: Wait = timedelta(0)
    """At the end: the time between saying that the server goes and refusing new connections."""
    drain_timeout: Wait = timedelta(seconds=20)
    """At the end: the time that running calls are given."""
    pool_size: int = Field(default=10, ge=1, le=1000)
    """The most connections to PostgreSQL of one process."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """How it is logged; `auto` is `console` on a terminal and `json` elsewhere."""
    cache: CacheSettings = Field(default_factory=CacheSettings)
    """What is kept in memory and in Redis, and for how long."""
    history: HistorySettings = Field(default_factory=HistorySettings)
    """How long the history is kept, and what a rollback needs."""
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    """The sources of models, by name."""
    discovery: DiscoverySettings = Field(default_factory=DiscoverySettings)
    """What no call may change of how discovery works."""

    # Which of how many processes this one is, and its supervisor's process id: "1/4/815". Only that one sets it.
    worker: str | None = Field(default=None, pattern=r"^\d+/\d+/\d+$", validation_alias=AliasChoices(WORKER_VARIABLE))

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        split_address(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not names_redis(value.get_secret_value()):
            raise ValueError(
                'must be "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]", or "rediss://..." for TLS;'
                ' in a password write "%23" for "#", "%2F" for "/", "%3F" for "?"'
            )
        return value

    @field_validator("metrics_listen")
    @classmethod
    def _is_address_or_empty(cls, value: str) -> str:
        if value:
            split_address(value)
        return value

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key are needed together")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca needs tls_certificate and tls_key")
        return self

    @model_validator(mode="after")
    def _migrates_a_database(self) -> Self:
        if self.migration_database_url is not None and self.database_url is None:
            raise ValueError("migration_database_url needs database_url")
        return self

    @property
    def tokens_path(self) -> Path:
        """The file of tokens: `tokens.toml` in the data folder unless set."""
        return self.tokens_file if self.tokens_file is not None else self.data_dir / "tokens.toml"

    @property
    def quota(self) -> Quota:
        """The limits of every caller of whom the file of tokens says nothing else."""
        return Quota(self.calls_per_second, self.max_streams_per_principal)

    @property
    def worker_index(self) -> int | None:
        """Which of several processes this one is, from 0; None in a process of its own."""
        return None if self.worker is None else int(self.worker.partition("/")[0])

    @property
    def supervisor(self) -> int | None:
        """The process id of the supervisor of several processes; None in a process of its own."""
        return None if self.worker is None else int(self.worker.rpartition("/")[2])

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where this process serves its metrics; None for nowhere."""
        if not self.metrics_listen:
            return None
        host, port = split_address(self.metrics_listen)
        return host, port + (self.worker_index or 0) if port else 0


class _Table(PydanticBaseSettingsSource):
    """The content of the TOML file, as a source below the environment."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        super().__init__(Settings)
        self._table = dict(table)

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return self._table.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._table


def load(options: Mapping[str, object] | None = None, config: Path | None = None) -> Settings:
    """Reads the settings; `options` are those given on the command line, by field name.

    Raises StartError with one line for each problem.
    """
    file = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    table = _read(file) if file is not None else {}
    found = [*problems.unknown_variables(Settings, os.environ), *problems.unknown_keys(Settings, table, file)]
    if found:
        raise StartError("\n".join(found))

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, _Table(table)

    try:
        return Layered(**{name: value for name, value in (options or {}).items() if value is not None})  # type: ignore[arg-type] # checked by pydantic
    except ValidationError as error:
        raise StartError("\n".join(problems.describe(error))) from None
    except SettingsError as error:
        raise StartError(problems.describe_unreadable(error)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise StartError(f"The configuration file {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"The configuration file {file} is not TOML: {error}.") from None
