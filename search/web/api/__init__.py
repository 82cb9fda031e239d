"""What may programs ask? Everything under /api/v1."""
