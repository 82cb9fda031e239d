"""How fast is Forumwatch, beside what it could be? `make bench`; each figure has its baseline from the same run."""
