"""What is another reading of the same bytes worth?"""
