"""The Word face of a sheet: a document that an office's Word or WPS opens, prints and goes on writing in."""

from build_tools.forms.docx.document import docx_document

__all__ = ["docx_document"]
