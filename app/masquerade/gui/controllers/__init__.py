"""Connect the widgets of the window to the services behind them."""
