-- Say whether the planner may read whole tables, until it is said otherwise or the transaction ends.
SELECT set_config('enable_seqscan', :allowed, true)
