"""The catalogue of a release: DCAT-AP, VoID, schema.org, site maps, feeds, and what portals would keep of it."""
