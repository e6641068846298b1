"""Releases: immutable folders named by their content, published whole or not at all, and read back."""
