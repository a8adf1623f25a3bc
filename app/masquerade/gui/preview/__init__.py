"""Show the filtered image with everything that is drawn over it."""
