"""Put runs, papers and peers into one table."""
