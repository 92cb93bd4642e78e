-- Every relay that runs, by its own account; the one with the lease publishes.
CREATE TABLE publishers.relay (
    holder text PRIMARY KEY,
    state text NOT NULL,
    epoch bigint NOT NULL,
    since timestamptz,
    in_flight integer NOT NULL,
    published bigint NOT NULL,
    recognised bigint NOT NULL,
    retried bigint NOT NULL,
    refused bigint NOT NULL,
    blocked integer NOT NULL,
    last_error text,
    last_error_at timestamptz,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
