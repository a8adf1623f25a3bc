"""Recent files: the strip of photos and recordings, and the page that plays, trims and shares one."""
