"""What a run learns and from what: one table, without tensorflow."""
