"""The recipes: what a run learns and from what, without tensorflow."""
