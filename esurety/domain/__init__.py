"""The rules and words of the guarantee: standard library only, no clock, no I/O."""
