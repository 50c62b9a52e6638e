"""Where the Bundles of the import come from: a folder of Synthea's (given on the command line), or made here, of the same shape."""
import json, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent


def command(folder):
    """A command that writes Bundles, one a line."""
    if folder is None:
        return [sys.executable, str(HERE / 'made_bundles.py'), '1000000']
    folder = pathlib.Path(folder)
    if packed := sorted(folder.glob('*.ndjson.zst')):
        return ['zstd', '-dcq', '--long=27', *map(str, packed)]
    if lines := sorted(folder.glob('*.ndjson')):
        return ['cat', *map(str, lines)]
    return [sys.executable, __file__, str(folder)]


class Stream:
    """So many Bundles (None: all there are; made ones: as many), as copies FIRST to FIRST + COUNT - 1 of bundle_copies."""

    def __init__(self, bench, most, first=0, count=1):
        self.parts = [subprocess.Popen(command(bench.data), stdout=subprocess.PIPE)]
        if most is not None:
            self.then(['head', '-n', str(most)])
        if first > 0 or count > 1:
            self.then([str(bench.bin / 'bundle_copies'), str(first), str(count)])
        self.out = self.parts[-1].stdout

    def then(self, command):
        before = self.parts[-1]
        self.parts.append(subprocess.Popen(command, stdin=before.stdout, stdout=subprocess.PIPE))
        before.stdout.close()

    def close(self):
        self.out.close()
        for part in self.parts:
            part.wait()


if __name__ == '__main__':  # a folder of Synthea's own output: a Bundle a file; those that all others refer to first
    files = sorted(pathlib.Path(sys.argv[1]).glob('*.json'), key=lambda f: (not f.name.startswith(('hospitalInformation', 'practitionerInformation')), f.name))
    for file in files:
        print(json.dumps(json.loads(file.read_text()), ensure_ascii=False, separators=(',', ':')))
