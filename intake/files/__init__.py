"""Uploads, which are looked through before they are kept, and drafts."""
