"""The filters in the window: read, chosen, added, and drawn on their cards."""
