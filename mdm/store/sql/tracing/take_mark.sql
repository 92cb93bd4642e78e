-- Take the mark until which events have been measured, unless somebody else is measuring.
SELECT measured_until FROM propagation_mark FOR UPDATE SKIP LOCKED
