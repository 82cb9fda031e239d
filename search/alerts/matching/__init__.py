"""What answers the saved searches? Matching by the change sequence, and all that makes sure nothing is missed."""
