"""Video files with their true times and colours."""
