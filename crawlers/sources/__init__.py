"""What is watched? One file a source, found by walking this folder; there is no list to keep."""
