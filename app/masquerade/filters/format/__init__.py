"""What a filter says: the keys of filter.toml, their values, and the art beside it."""
