"""Follow which faces wear which filters, and how they appear and disappear."""
