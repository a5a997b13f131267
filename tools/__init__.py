"""What people run beside the connector: it leaves the test folders alone, and they it."""
