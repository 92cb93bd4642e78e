-- Read what golden records refer to as far as is known now.
SELECT id, master_id, attribute, target_id, upward, lower(valid) AS valid_from, upper(valid) AS valid_to
FROM golden_reference
WHERE master_id = ANY (CAST(:ids AS uuid[])) AND upper_inf(known)
