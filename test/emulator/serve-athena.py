"""Serves an empty emulator as lib/local/serve.py does, whose Athena executes SQL.

The file named as argument lies beside one that says where the package duckdb is.
"""

import runpy
import sys
from pathlib import Path

sys.path.append((Path(sys.argv[1]).parent / "packages").read_text())
runpy.run_path(str(Path(__file__).parents[2] / "lib/local/serve.py"), run_name="__main__")
