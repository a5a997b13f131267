"""The one fake Xero of the unit tests: lists that change while they are read; a client and an HTTP front that answer."""
