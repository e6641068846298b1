"""Tables of laureates in every format, read row by row through a declared mapping of columns."""
