"""Findings for people at a terminal, for the clerk who opened a pull request, and for programs."""
