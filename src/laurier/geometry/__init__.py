"""Contours of territories: shapes, their generalisation, GeoJSON read as a stream, the files they are kept in."""
