"""Looks at a data set: what it holds, what it lacks, what may be wrong in it."""
