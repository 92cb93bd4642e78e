-- Keep scored pairs.
INSERT INTO edge (left_id, right_id, weight, outcome, levels, vetoes, release, scored_at)
SELECT left_id, right_id, weight, outcome,
       ARRAY(SELECT CAST(value AS smallint) FROM jsonb_array_elements_text(levels)),
       ARRAY(SELECT value FROM jsonb_array_elements_text(vetoes)), :release, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (left_id bigint, right_id bigint, weight real, outcome text, levels jsonb, vetoes jsonb)
ON CONFLICT (left_id, right_id) DO NOTHING
