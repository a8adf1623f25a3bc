"""Records sound beside the frames, in time with them."""
