-- Let nobody else take a name or identity until this transaction ends.
SELECT pg_advisory_xact_lock(:number)
