"""Dataclasses: made, compared, ordered, changed."""
from dataclasses import dataclass, field

ROUNDS = 1200


@dataclass
class Particle:
    x: float
    y: float
    vx: float = 1.0
    vy: float = 0.5
    trail: list = field(default_factory=list)

    def step(self, dt):
        self.x += self.vx * dt
        self.y += self.vy * dt
        if self.x > 10 or self.x < 0:
            self.vx = -self.vx
        if self.y > 10 or self.y < 0:
            self.vy = -self.vy


@dataclass(frozen=True)
class Key:
    name: str
    index: int


@dataclass(order=True)
class Job:
    priority: int
    name: str = ""


def main():
    particles = [Particle(i % 10, (i * 3) % 10) for i in range(100)]
    total = 0.0
    equal = 0
    for k in range(ROUNDS):
        for p in particles:
            for _ in range(10):
                p.step(0.1)
            p.trail.append(p.x)
            total += p.x + p.y
        jobs = [Job((i * 7) % 11, "job") for i in range(40)]
        jobs.sort()
        table = {Key("k", i % 10): i for i in range(100)}
        total += jobs[5].priority + table[Key("k", 3)]
        if particles[k % 100] == particles[(k + 50) % 100]:
            equal += 1
    print(round(total, 6), equal, jobs[0])


if __name__ == "__main__":
    main()
