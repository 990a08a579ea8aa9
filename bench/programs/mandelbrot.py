"""Points of the Mandelbrot set with complex numbers."""


def main():
    inside = steps = 0
    for y in range(90):
        for x in range(120):
            c = complex(x / 60 - 1.5, y / 45 - 1.0)
            z = 0j
            for i in range(60):
                z = z * z + c
                steps += 1
                if abs(z) > 2.0:
                    break
            else:
                inside += 1
    assert 3000 < inside < 4500 and steps > 200_000, (inside, steps)
    real = 0
    for y in range(60):
        for x in range(80):
            cr, ci = x / 40 - 1.5, y / 30 - 1.0
            zr = zi = 0.0
            for i in range(60):
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                if zr * zr + zi * zi > 4.0:
                    break
            else:
                real += 1
    assert 1300 < real < 2000, real


for _ in range(9):
    main()
