"""Where filters come from: folders, zips, the catalog, and new ones."""
