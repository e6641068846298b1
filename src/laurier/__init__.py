"""Laurier: from the document that names the laureates to published linked data."""

__version__ = "0.1.0"
