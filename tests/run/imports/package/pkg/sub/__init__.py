print("sub"); __all__ = ["exported", "extra"]; exported = 1; hidden = 2
