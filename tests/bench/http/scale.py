"""The same questions at 1, 4, 16, ... times the data: what grows with it, and what does not. (Published for W5 on 12 + 6 cores, 1,000 to 64,000 patients: HAPI 1,567 to
1,023/s, Blaze 2,027 to 34, Medplum 474 to 131 with 14 % errors, Aidbox 219 to 40, MS 116 to 55, Spark 16 to 8.)"""
import bench as b
import load_data, mixed, reads, search, transactions


def step(bench, series, name, figures):
    for kind, value in (('rate', b.rate(figures)), ('p99', figures['all']['p99'])):
        series[kind].setdefault(name, []).append((bench.resources, value))


def run(bench, most, bundles, svg, detail=False):
    series, have, wanted = {'rate': {}, 'p99': {}}, 0, 1
    seconds = 1.5 if bench.quick else 4
    while wanted <= most:
        told = load_data.load(bench, bundles, have, wanted - have)
        have, wanted = wanted, wanted * 4
        size, (rss, peak) = settled_bytes(bench.daemon), bench.memory()
        b.title(f'{have} times the data: {bench.resources} resources, loaded at {told["entries"] / told["load"]["seconds"]:.0f} a second ({told["load"]["daemon_cpu"] / told["entries"] * 1e6:.0f} µs of CPU '
                f'each); {size / bench.resources:.0f} bytes each on disk; memory {rss:.0f} MB, {peak:.0f} MB at most')
        measured = [('single reads', 16, reads.any_one(bench))]
        measured += [(family, search.CONNECTIONS, search.plan(bench, family)) for family in search.FAMILIES]
        measured.append(('W3, all in turn', search.CONNECTIONS, search.plan(bench)))
        measured.append(('W5 questions', mixed.CONNECTIONS, mixed.question_plan(bench)))
        for name, connections, text in measured:
            figures = bench.measure('plan', connections, seconds, text)
            b.row(name, connections, figures)
            step(bench, series, name, figures)
            for label in figures['labels'] if detail and name in search.FAMILIES else ():
                b.row(f'  {label.split(" ")[1]} alone', connections, bench.run('plan', connections, 1, search.plan(bench, name, label), 0.2))
        # Last, so that each step's searches have only what was loaded before them; so many and no more, so that what is stored is known.
        figures = bench.run('once', 8, 0, transactions.plan(2000))
        b.row('transactions', 8, figures)
        step(bench, series, 'transactions', figures)
        bench.resources += 4000
    for name, points in series['rate'].items():
        print(f'{name:34} {points[-1][1] / points[0][1]:.2f} of the rate at {points[-1][0] / points[0][0]:.0f} times the data')
    if svg:
        import plot
        plot.write(svg, {'requests a second': series['rate'], 'p99, milliseconds': series['p99']}, 'resources stored')
        print(f'written: {svg}')
