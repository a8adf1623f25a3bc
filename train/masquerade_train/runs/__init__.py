"""The log, the record and the events of a training run."""
