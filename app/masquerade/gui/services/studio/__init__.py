"""What is made in the window: recordings, photos, replays, clips, and the virtual camera."""
