"""Whether a challenger takes over, and which version is in production."""
