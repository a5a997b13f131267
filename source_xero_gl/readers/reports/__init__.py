"""Reports: read month by month."""
