"""The straight line: from the folders of sources to a published release."""
