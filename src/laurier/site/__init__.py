"""The static export: every page and every representation of a release as files, with the rules that serve them."""
