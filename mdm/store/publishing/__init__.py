"""Queries on replays, dead letters, restores and the times of the stages."""
