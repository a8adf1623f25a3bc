"""The training loop: losses, checkpoints, the record of a run."""
