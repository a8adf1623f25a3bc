"""Turn labelled images into training batches: augmentation, copies, missing labels, splits."""
