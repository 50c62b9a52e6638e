"""What a daemon has used, and what its data folder takes once it rests."""
import os, time


def cpu_seconds(daemon):
    with open(f'/proc/{daemon.process.pid}/stat') as stat:
        fields = stat.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def settled_bytes(daemon):
    """Of all files of the data folder, once the daemon rests: the log copied back, the index merged. A merge into room that is free changes no size, but it takes
    processor time."""
    last, cpu, still = -1, -1.0, 0
    for _ in range(2400):  # millions are merged for minutes
        now, used = sum(f.stat().st_size for f in (daemon.folder / 'data').rglob('*') if f.is_file()), cpu_seconds(daemon)
        still = still + 1 if now == last and used - cpu < 0.02 else 0
        if still >= 12:
            break
        last, cpu = now, used
        time.sleep(0.5)
    return last
