"""How does a mail get out, once, and what comes back? The outbox, the mail relay, bounces."""
