"""MLflow: runs, their environment and their plots."""
