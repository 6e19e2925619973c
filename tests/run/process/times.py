"""time: conversions, formats, errors."""
import time


def show(f, *args):
    try:
        print(f.__name__, repr(f(*args)))
    except Exception as e:
        print(f.__name__, type(e).__name__, e)


t = (2024, 2, 29, 13, 4, 5, 3, 60, 0)
show(time.gmtime, 0)
show(time.gmtime, 1709211845.75)
show(time.gmtime, -1)
show(time.asctime, t)
show(time.asctime, time.gmtime(86400 * 365))
show(time.strftime, "%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %y %%", t)
show(time.strftime, "a\0b ä %Y", t)
for bad in ((2024, 13, 1, 0, 0, 0, 0, 0, 0), (2024, 1, 40, 0, 0, 0, 0, 0, 0), (2024, 1, 4, 25, 0, 0, 0, 0, 0), (1, 2), [1] * 9):
    show(time.strftime, "%Y", bad)
show(time.gmtime, "a")
show(time.gmtime, float("nan"))
show(time.gmtime, 1e30)
show(time.sleep, -1)
show(time.sleep, "a")
show(time.get_clock_info, "monotonic")
show(time.get_clock_info, "x")
show(time.struct_time, (1,))
s = time.struct_time(range(9))
print(s, s.tm_zone, s == tuple(range(9)), s[2:4], time.struct_time.n_fields)
a, b = time.perf_counter_ns(), time.perf_counter()
time.sleep(0.01)
print(time.perf_counter_ns() - a >= 10_000_000, time.perf_counter() > b, time.time() > 1.7e9, time.process_time() >= 0)
print(isinstance(time.time_ns(), int), time.monotonic() <= time.monotonic())
