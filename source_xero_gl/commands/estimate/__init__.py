"""``source-xero-gl estimate``: what a first sync will take."""
