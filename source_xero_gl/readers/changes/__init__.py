"""Lists that are read by the date of the last change."""
