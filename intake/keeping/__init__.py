"""Keeping what was received: a backup of everything, its way back into an empty folder, and the record for an archive."""
