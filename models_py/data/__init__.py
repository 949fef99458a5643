"""What models learn from: the marts as matrices, cut in time by SQL."""
