"""What stands in a mail, and how is it set? Digests, alerts and notices, in text and in HTML."""
