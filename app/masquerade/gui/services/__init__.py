"""Serve the controllers: background work, settings, recordings, thumbnails, and the backend's interface."""
