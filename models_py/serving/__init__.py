"""From a fitted recommender to the bundle that serves."""
