"""What is on each page? One module a subject; each handler makes a page and its JSON twin from the same answer."""
