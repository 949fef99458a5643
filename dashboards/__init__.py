"""What people look at: reports now, pages later, from the published warehouse only."""
