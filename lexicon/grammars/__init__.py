"""How does each publisher write its symbols? One module per family, each with `parse(text)`."""
