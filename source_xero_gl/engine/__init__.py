"""A declaration becomes a stream of the CDK's concurrent engine: records, states, messages, failures."""
