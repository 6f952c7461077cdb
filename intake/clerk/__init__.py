"""For units: their own pages, and what the form pages' script asks."""
