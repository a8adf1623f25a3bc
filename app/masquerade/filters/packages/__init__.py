"""Where filters come from: folders, zips, the catalog, and those one begins."""
