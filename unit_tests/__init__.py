"""Fast tests of the connector, without sockets."""
