"""The door to an emulator of AWS at a URL, of whatever make."""
