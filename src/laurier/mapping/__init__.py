"""From records and links to quads: the only place that states facts about the domain."""
