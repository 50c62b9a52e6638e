"""W2 and W6: Synthea's transaction Bundles, as many at once as the workload says; then what they take on disk."""
import time

import bench as b
from data import Stream
from settled import settled_bytes

CONNECTIONS = 20
PUBLISHED = ('resources/s: HS field Aidbox 2,678, HAPI 2,214 (8 vCPU + PostgreSQL); MS ≈ 8-12 k, HFS ≈ 5 k (PR #747); Blaze 3.6 k full Synthea (32 old cores), 10-24 k stripped (16-128 cores)',
             'bytes a resource: MS 2,100, Aidbox 3,400, Medplum 5,900, HFS on SQLite 11,000, HAPI 11,300; Blaze 1,430 compacted')


def load(bench, most, first=0, count=1, connections=CONNECTIONS):
    """What http_bench says of the import."""
    stream = Stream(bench, most, first, count)
    try:
        told = bench.run('import', connections, 0, stream.out)
    finally:
        stream.close()
    failed = told['load']['all'].get('failed', 0)
    assert failed == 0, f'{failed} Bundles were refused, the first with {told["load"]["all"]["first_failure"]}'
    bench.resources += told['entries']
    return told


def run(bench, most):
    disk = bench.disk()
    told = load(bench, most)
    figures = told['load']
    b.title(f'W2 import of transaction Bundles ({"made here" if bench.data is None else "Synthea"})', PUBLISHED)
    b.row('Bundles', CONNECTIONS, figures, floor=f'{disk:.0f} synced writes/s')
    per = told['entries'] / figures['seconds']
    print(f'{told["entries"]} resources, {told["bytes"] / 1e6:.0f} MB of JSON: {per:.0f} resources/s, {told["bytes"] / figures["seconds"] / 1e6:.1f} MB/s, '
          f'{figures["daemon_cpu"] / told["entries"] * 1e6:.0f} µs of CPU each; {figures["daemon_cpu"] / figures["seconds"]:.2f} cores used; the generator used {figures["own_cpu"]:.1f} s')
    at = time.time()
    size = settled_bytes(bench.daemon)
    rss, peak = bench.memory()
    print(f'on disk at rest (after {time.time() - at:.0f} s): {size / 1e6:.0f} MB, {size / bench.resources:.0f} bytes a resource ({size / told["bytes"]:.2f} of the JSON); '
          f'memory {rss:.0f} MB at rest, {peak:.0f} MB at most', flush=True)
