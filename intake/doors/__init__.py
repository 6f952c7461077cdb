"""The built sites, each behind its door."""
