"""The company ``everything``: its documents come first, and its journals are posted from them by accounting rules."""
