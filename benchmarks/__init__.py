"""Measurements of the connector against the local Xero server: calls, pace, throughput, memory, traffic."""
