-- Keep links that were announced and are lost, under numbers above all of their record; return whose records they are.
WITH given AS (
    SELECT *
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS given (master_id uuid, source text, source_key text, link_no int, linked boolean)
), known AS (
    SELECT given.*, r.id AS record_id, coalesce(max(c.link_no), 0) AS own_no,
           coalesce(bool_or(c.until_version IS NULL AND c.master_id = given.master_id AND c.link_no = given.link_no),
                    false) AS stands
    FROM given
    LEFT JOIN source_record r ON (r.domain, r.source, r.source_key) = (:domain, given.source, given.source_key)
    LEFT JOIN crosswalk c ON c.record_id = r.id
    GROUP BY given.master_id, given.source, given.source_key, given.link_no, given.linked, r.id
), kept AS (
    INSERT INTO withdrawn_link AS w (master_id, source, source_key, domain, link_no)
    SELECT master_id, source, source_key, :domain, greatest(link_no, own_no) + 1
    FROM known
    WHERE link_no > own_no OR (linked AND NOT stands)
    ON CONFLICT (master_id, source, source_key) DO UPDATE SET link_no = greatest(w.link_no, excluded.link_no)
    RETURNING w.master_id, w.source, w.source_key
)
SELECT DISTINCT c.master_id
FROM kept
JOIN known USING (master_id, source, source_key)
JOIN crosswalk c ON c.record_id = known.record_id AND c.until_version IS NULL
