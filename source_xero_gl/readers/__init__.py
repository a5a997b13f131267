"""How lists are read so that nothing is lost. Readers know Xero and what the user has chosen, and nothing of Airbyte."""
