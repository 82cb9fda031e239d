"""What runs, when, and by whose hand? Opened by no other room."""
