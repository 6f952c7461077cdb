"""Shenbao 申报台: a notice is data, a submission is a document, everything else is derived."""

__version__ = "0.1.0"
