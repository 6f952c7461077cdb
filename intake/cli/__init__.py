"""`shenbao serve` and `shenbao intake`."""
