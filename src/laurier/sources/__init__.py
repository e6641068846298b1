"""Source documents of every format, read into records (see `registry`)."""
