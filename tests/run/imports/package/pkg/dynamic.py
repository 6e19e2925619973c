x = "dynamic"
