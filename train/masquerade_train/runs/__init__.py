"""Record what a training run did: its log, its record and its events."""
