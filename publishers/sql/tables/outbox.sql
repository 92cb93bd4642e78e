-- Schema of the transactional outbox: what awaits publishing, what was published last, and who publishes.

CREATE SCHEMA publishers;

-- One row per event, written in the transaction of the change it tells of; read by state, never by sequence alone.
CREATE TABLE publishers.outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    type text NOT NULL,
    digest text NOT NULL,
    headers jsonb NOT NULL,
    data bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz,
    stream_sequence bigint,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    CONSTRAINT outbox_subject_version UNIQUE (subject, version)
);

CREATE INDEX outbox_unpublished ON publishers.outbox (seq) WHERE published_at IS NULL;

-- Published rows are measured, and go after a retention period, oldest first.
CREATE INDEX outbox_published ON publishers.outbox (published_at) WHERE published_at IS NOT NULL;

-- One row per subject: the newest event the stream has acknowledged, byte for byte. Fence, repair source, audit anchor.
CREATE TABLE publishers.head (
    subject text PRIMARY KEY,
    version bigint NOT NULL,
    event_id uuid NOT NULL,
    digest text NOT NULL,
    stream_sequence bigint NOT NULL,
    headers jsonb NOT NULL,
    data bytea NOT NULL,
    published_at timestamptz NOT NULL
);

-- Who publishes: a relay may mark events only under the epoch it took.
CREATE TABLE publishers.lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
