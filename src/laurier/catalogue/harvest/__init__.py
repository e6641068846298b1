"""What portals would keep, lose or refuse of a catalogue, by the rules that their harvesters were seen to follow."""
