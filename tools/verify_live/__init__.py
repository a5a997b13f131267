"""Read-only probes of a real organisation: whether the live API does what the documentation says and the connector relies on."""
