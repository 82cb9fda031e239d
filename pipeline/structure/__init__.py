"""Of what does a text consist? Paragraphs with their numbers, notes, tables, and what is printed around them."""
