"""The training lab: prepares data, trains, measures and exports the models that the app runs."""
