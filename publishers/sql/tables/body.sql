-- What large events refer to, kept as long as its event is in the outbox or the newest of its subject; then only that
-- it was there.
CREATE TABLE publishers.body (
    event_id uuid PRIMARY KEY,
    subject text NOT NULL,
    version bigint NOT NULL,
    digest text NOT NULL,
    data bytea
);

CREATE INDEX body_kept ON publishers.body (subject, version) WHERE data IS NOT NULL;
