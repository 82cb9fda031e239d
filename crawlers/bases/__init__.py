"""In which ways do publishers publish? One base a way; which publisher it is, no base knows."""
