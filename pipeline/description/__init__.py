"""What is this document, and of which work is it part?"""
