"""Airbyte's own checks of a connector, in a copy of this tree that has the name and the place that they expect."""
