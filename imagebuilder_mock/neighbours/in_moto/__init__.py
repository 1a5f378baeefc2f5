"""The ports with moto behind them; loaded only when moto is on."""
