"""Access tokens: where they come from, and where refresh tokens that rotate are kept."""
