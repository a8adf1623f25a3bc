"""Training pictures as the papers take them: whole, with missing labels treated and copies made beforehand."""
