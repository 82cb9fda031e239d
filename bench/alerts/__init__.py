"""What do alerts cost? Saved searches matched against new works, alone and through the ledger."""
