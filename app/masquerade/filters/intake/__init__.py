"""Takes in packages that are not bundled: each is checked and drawn once in a separate process."""
