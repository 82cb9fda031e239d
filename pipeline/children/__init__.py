"""Who does the dangerous work, and what may it cost?"""
