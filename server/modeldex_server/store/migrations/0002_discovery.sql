-- Discovery: its stored state and configuration, sources with their leases, what became of refreshes, replicas.

CREATE TABLE discovery_state (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    running       boolean NOT NULL DEFAULT true,
    version       bigint NOT NULL DEFAULT 0,
    configuration bytea NOT NULL DEFAULT ''  -- DiscoveryConfiguration: the fields that were set
);
INSERT INTO discovery_state DEFAULT VALUES;

CREATE TABLE source (
    id             text COLLATE "C" PRIMARY KEY,
    kind           text NOT NULL,
    provider_id    text COLLATE "C" NOT NULL,   -- '' for a catalogue
    lease_holder   text NOT NULL DEFAULT '',
    lease_fencing  bigint NOT NULL DEFAULT 0,   -- grows with each holder: a result is written only under the newest
    lease_until    timestamptz NOT NULL DEFAULT 'epoch',
    started_at     timestamptz,
    ended_at       timestamptz,
    succeeded_at   timestamptz,
    next_at        timestamptz NOT NULL DEFAULT 'epoch',
    error          bytea                        -- RefreshError of the last refresh; null after one that succeeded
);

-- How the last refresh of a provider by a source ended.
CREATE TABLE provider_source (
    provider_id  text COLLATE "C" NOT NULL,
    source_id    text COLLATE "C" NOT NULL,
    own          boolean NOT NULL,
    ended_at     timestamptz NOT NULL,
    succeeded_at timestamptz,   -- of the last complete listing
    result       bytea NOT NULL,  -- RefreshResult
    error        bytea,           -- RefreshError; null after a refresh that succeeded
    PRIMARY KEY (provider_id, source_id)
);

CREATE TABLE replica (
    id          text PRIMARY KEY,
    address     text NOT NULL,
    release     text NOT NULL,
    started_at  timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    revision    bigint NOT NULL
);
