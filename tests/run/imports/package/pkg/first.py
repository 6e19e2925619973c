print("first"); NAME = "one"
