"""How fast is search, beside what it could be and what else there is? `make bench-search`; all figures from one run."""
