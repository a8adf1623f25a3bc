"""A model for one person: photos of their own, labelled by the bundled model and corrected by hand."""
