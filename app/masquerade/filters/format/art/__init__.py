"""Art of a package: checked before anything decodes it, then loaded."""
