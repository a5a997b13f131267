"""The company of the demo: a small maker of preserves, told as documents over three and a half financial years."""
