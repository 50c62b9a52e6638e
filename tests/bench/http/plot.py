"""Curves as SVG, both axes logarithmic, without any library."""
import math

COLOURS = ['#1f6f8b', '#c8553d', '#588157', '#8e5aa8', '#d4a017', '#555555', '#2a9d8f', '#b56576']
WIDTH, HEIGHT, LEFT, TOP = 420, 300, 60, 40


def ticks(low, high):
    return [10 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def words(number):
    for size, unit in ((1e6, ' M'), (1e3, ' k')):
        if number >= size:
            return f'{number / size:g}{unit}'
    return f'{number:g}'


def panel(at, title, series, x_name):
    """`series`: name to [(x, y)], all above 0."""
    xs, ys = [x for line in series.values() for x, _ in line], [y for line in series.values() for _, y in line]
    x_ticks, y_ticks = ticks(min(xs), max(xs)), ticks(min(ys), max(ys))
    share = lambda value, marks: (math.log10(value) - math.log10(marks[0])) / max(math.log10(marks[-1]) - math.log10(marks[0]), 1e-9)
    px = lambda x: at + LEFT + share(x, x_ticks) * WIDTH
    py = lambda y: TOP + HEIGHT - share(y, y_ticks) * HEIGHT
    out = [f'<text x="{at + LEFT}" y="22" font-size="14" font-weight="bold">{title}</text>']
    for x in x_ticks:
        out.append(f'<path d="M{px(x):.1f} {TOP}V{TOP + HEIGHT}" stroke="#ddd"/><text x="{px(x):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{words(x)}</text>')
    for y in y_ticks:
        out.append(f'<path d="M{at + LEFT} {py(y):.1f}h{WIDTH}" stroke="#ddd"/><text x="{at + LEFT - 8}" y="{py(y) + 4:.1f}" text-anchor="end">{words(y)}</text>')
    out.append(f'<text x="{at + LEFT + WIDTH / 2}" y="{TOP + HEIGHT + 36}" text-anchor="middle">{x_name}</text>')
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in line)}"/>')
        out += [f'<circle cx="{px(x):.1f}" cy="{py(y):.1f}" r="3" fill="{colour}"><title>{name}: {y:.4g} at {words(x)}</title></circle>' for x, y in line]
        out.append(f'<text x="{at + LEFT + WIDTH + 8}" y="{TOP + 12 + number * 16}" fill="{colour}">{name}</text>')
    return '\n'.join(out)


def write(file, panels, x_name):
    """`panels`: title to series."""
    step = LEFT + WIDTH + 110
    parts = [panel(n * step, title, series, x_name) for n, (title, series) in enumerate(panels.items())]
    with open(file, 'w') as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{step * len(parts)}" height="{TOP + HEIGHT + 50}" font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n')
        out.write('\n'.join(parts) + '\n</svg>\n')
