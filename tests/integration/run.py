#!/usr/bin/env python3
"""run.py [TEST…]: drives the real binary with real peers."""
import importlib, os, pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Suite

passed = failed = 0
# These have stores of their own, of the kind that they are about.
apart = ('test_store', 'test_postgres') if os.environ.get('YILIAN_TEST_POSTGRES') else ()
for module in ('test_mllp', 'test_order', 'test_routing', 'test_fhir', 'test_rest', 'test_bundles', 'test_operations', 'test_search_parameters', 'test_validation', 'test_script', 'test_conditions', 'test_daemon', 'test_command', 'test_route_tests', 'test_admin_api', 'test_monitoring', 'test_store', 'test_postgres', 'test_pains'):
    if module in apart:
        continue
    p, f = Suite().run(vars(importlib.import_module(module)), sys.argv[1:])
    passed, failed = passed + p, failed + f
print(f'{passed} passed, {failed} failed, {Suite.skipped} skipped')
sys.exit(1 if failed else 0)
