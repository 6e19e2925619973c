print("late"); loaded = True
