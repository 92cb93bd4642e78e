-- Take the seals from one on out of the chain: their actions await a seal again.
WITH gone AS (DELETE FROM action_seal WHERE number >= :seal)
UPDATE action_log SET position = NULL, link = NULL WHERE position >= :position
