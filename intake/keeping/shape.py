"""What lies in a backup, by name."""

from __future__ import annotations

FORM = 1
MANIFEST, REFS, PACK, CAMPAIGN = "manifest.json", "repository/refs", "repository/objects.pack", "campaign"
CLOCK = "clock.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""What the database's copy is called, by its kind."""

KEPT = ("spool", "files", "keys")
"""Folders below ``var`` of which every file is kept."""

OFFICE = ("data", "schemas", "docs", "fonts")
"""Folders of the campaign that the office keeps."""
