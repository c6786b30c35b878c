"""One file a schema revision, applied in order; never edit one that was released."""
