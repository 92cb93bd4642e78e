-- Read the values of masters that a rule of quality withholds until someone decides.
SELECT f.id, c.master_id, f.rule, f.attributes, f.owner, r.source, r.source_key
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
JOIN finding f ON f.record_id = c.record_id AND f.effect = 'hold' AND f.state = 'failed'
WHERE c.master_id = ANY (CAST(:masters AS uuid[])) AND c.until_version IS NULL
ORDER BY f.id
