"""Search an image for faces that the detector misses at one glance: small, turned or lying ones."""
