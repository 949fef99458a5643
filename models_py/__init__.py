"""Train, tune and evaluate recommenders on what the warehouse holds. Knows no web."""
