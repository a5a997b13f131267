"""Settings: what the user and the operator have chosen, typed and explained."""
