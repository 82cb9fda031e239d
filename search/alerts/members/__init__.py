"""Who wants to hear of what, and how do they say so? Addresses, saved searches, signing up and leaving."""
