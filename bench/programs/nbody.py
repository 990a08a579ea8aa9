"""The planets of the solar system, by the symplectic integrator of the benchmarks game."""

import math

SOLAR_MASS = 4 * math.pi**2
DAYS = 365.24


class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.p = [x, y, z]
        self.v = [vx * DAYS, vy * DAYS, vz * DAYS]
        self.mass = mass * SOLAR_MASS


BODIES = [
    Body(0, 0, 0, 0, 0, 0, 1),
    Body(
        4.84143144246472090,
        -1.16032004402742839,
        -0.103622044471123109,
        0.00166007664274403694,
        0.00769901118419740425,
        -0.0000690460016972063023,
        0.000954791938424326609,
    ),
    Body(
        8.34336671824457987,
        4.12479856412430479,
        -0.403523417114321381,
        -0.00276742510726411001,
        0.00499852801234917238,
        0.0000230417297573763929,
        0.000285885980666130812,
    ),
    Body(
        12.8943695621391310,
        -15.1111514016986312,
        -0.223307578892655734,
        0.00296460137564761618,
        0.00237847173959480950,
        -0.0000296589568540237556,
        0.0000436624404335156298,
    ),
    Body(
        15.3796971148509165,
        -25.9193146099879641,
        0.179258772950371181,
        0.00268067772490389322,
        0.00162824170038242295,
        -0.0000951592254519715870,
        0.0000515138902046611451,
    ),
]


def advance(bodies, pairs, dt, steps):
    for _ in range(steps):
        for a, b in pairs:
            p, q = a.p, b.p
            dx, dy, dz = p[0] - q[0], p[1] - q[1], p[2] - q[2]
            mag = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            am, bm = a.mass * mag, b.mass * mag
            v, w = a.v, b.v
            v[0] -= dx * bm
            v[1] -= dy * bm
            v[2] -= dz * bm
            w[0] += dx * am
            w[1] += dy * am
            w[2] += dz * am
        for b in bodies:
            p, v = b.p, b.v
            p[0] += dt * v[0]
            p[1] += dt * v[1]
            p[2] += dt * v[2]


def energy(bodies, pairs):
    e = sum(b.mass * sum(v * v for v in b.v) / 2 for b in bodies)
    return e - sum(a.mass * b.mass / math.dist(a.p, b.p) for a, b in pairs)


def main():
    pairs = [(a, b) for i, a in enumerate(BODIES) for b in BODIES[i + 1 :]]
    for axis in range(3):
        BODIES[0].v[axis] = -sum(b.v[axis] * b.mass for b in BODIES) / SOLAR_MASS
    before = energy(BODIES, pairs)
    advance(BODIES, pairs, 0.01, 30_000)
    assert abs(energy(BODIES, pairs) - before) < 1e-4


for _ in range(2):
    main()
