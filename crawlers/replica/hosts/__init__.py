"""The publishers' hosts, one module each: which URLs does a host answer, and in what form?"""
