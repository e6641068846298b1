"""The server: HTTP, pages, SPARQL over a published snapshot."""
