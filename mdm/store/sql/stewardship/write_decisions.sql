-- Ask owners about a change request; who was asked already is not asked again.
INSERT INTO change_decision (request_id, owner, state)
SELECT request_id, owner, 'open' FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (request_id uuid, owner text)
ON CONFLICT DO NOTHING
