"""Summarises a web server's log: requests per status and path, slowest requests, busiest minutes, errors."""
import sys
from collections import Counter, defaultdict


class BadLine(ValueError):
    def __init__(self, number, text):
        super().__init__(f"line {number}: cannot parse {text!r}")
        self.number = number


class Request:
    __slots__ = ("address", "time", "method", "path", "status", "size", "millis")

    def __init__(self, address, time, method, path, status, size, millis):
        self.address = address
        self.time = time
        self.method = method
        self.path = path
        self.status = status
        self.size = size
        self.millis = millis

    @classmethod
    def parse(cls, number, line):
        try:
            address, rest = line.split(" ", 1)
            stamp, rest = rest.lstrip("[").split("] ", 1)
            quoted, rest = rest[1:].split('" ', 1)
            method, path, _version = quoted.split()
            status, size, millis = rest.split()
            return cls(address, stamp, method, path.partition("?")[0], int(status),
                       0 if size == "-" else int(size), float(millis.removesuffix("ms")))
        except ValueError as error:
            raise BadLine(number, line) from error

    @property
    def minute(self):
        return self.time.rsplit(":", 1)[0]

    def __repr__(self):
        return f"<{self.method} {self.path} -> {self.status} in {self.millis:.1f} ms>"


def requests(lines, bad):
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            yield Request.parse(number, line)
        except BadLine as error:
            bad.append(error)


def percentile(values, fraction):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))]


def main(path):
    bad = []
    with open(path) as file:
        log = list(requests(file, bad))
    print(f"{len(log)} requests, {len(bad)} bad lines, {sum(r.size for r in log):,} bytes")

    by_status = Counter(r.status // 100 for r in log)
    for group, n in sorted(by_status.items()):
        print(f"  {group}xx {n:>3} {'*' * n}")

    by_path = defaultdict(list)
    for r in log:
        by_path[r.path].append(r.millis)
    print(f"{'path':<18}{'n':>4}{'mean':>9}{'p90':>9}{'max':>9}")
    for path, times in sorted(by_path.items(), key=lambda kv: (-len(kv[1]), kv[0])):
        print(f"{path:<18}{len(times):>4}{sum(times) / len(times):>9.2f}{percentile(times, 0.9):>9.2f}{max(times):>9.2f}")

    slowest = sorted(log, key=lambda r: r.millis, reverse=True)[:3]
    print("slowest:", *slowest, sep="\n  ")
    minutes = Counter(r.minute for r in log)
    print("busiest:", ", ".join(f"{m} ({n})" for m, n in minutes.most_common(2)))
    clients = {r.address for r in log if r.status >= 500}
    print("clients that saw errors:", sorted(clients) or "none")
    for error in bad:
        print(f"{error} (because: {error.__cause__})")


main(sys.argv[1] if len(sys.argv) > 1 else "access.log")
