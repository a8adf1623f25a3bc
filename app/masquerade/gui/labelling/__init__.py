"""The window in which the landmarks of photos are corrected: `masquerade correct`."""
