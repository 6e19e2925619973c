"""Empty: test_str imports `unicodedata` and asks it in two cases only; they fail while the runtime has no native one (which comes first)."""
