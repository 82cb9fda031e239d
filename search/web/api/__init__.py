"""What can a program ask? The addresses under /api/v1: the catalog and the search as JSON, files, and whole results."""
