"""What concerns events once they are made: their contracts, replays, dead letters, restores and traces."""
