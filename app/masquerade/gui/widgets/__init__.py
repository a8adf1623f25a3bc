"""Small widgets that several packages of the window share."""
