"""The pipeline: sources, the threads of the engine, the stages and their timing."""
