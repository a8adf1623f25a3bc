"""Searches images for faces that a single run of the detector misses: small, turned or lying ones."""
