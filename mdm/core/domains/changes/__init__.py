"""What a change of rules means: to subscribers, and to the records and masters there are."""
