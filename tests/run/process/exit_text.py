import sys
print("out")
raise SystemExit("message ä")
