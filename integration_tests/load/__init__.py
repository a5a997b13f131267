"""The two readers under load, limits and faults: nothing is lost, nothing is paid twice."""
