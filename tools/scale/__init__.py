"""How long many organisations take: organisations of made-up sizes, and a simulation of their syncs inside Xero's limits."""
