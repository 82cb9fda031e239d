"""Who and what is spoken of in a text, and what does it cite?"""
