"""A TOML table read by declared keys: their kinds of values, their lines, every problem at once."""
