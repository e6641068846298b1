"""Linking what a source says to what is known: territories, publics, organisations, keys that last."""
