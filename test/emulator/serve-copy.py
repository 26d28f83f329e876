"""Serves what another emulator left in a folder, as lib/local/serve.py serves an empty one.

The folder holds the file named as argument.
"""

import os
import re
import runpy
import sys
from pathlib import Path

import hypercorn.asyncio

folder = Path(sys.argv[1]).parent
state = folder / "state"
os.environ |= {"PERSIST_STATE": "1", "STATE_DIR": str(state), "S3_PERSIST": "1", "S3_DATA_DIR": str(folder / "objects")}
serve = hypercorn.asyncio.serve


async def serve_copy(app, config):
    # The URLs of queues name the port.
    for file in state.glob("*.json"):
        file.write_text(re.sub(r"(?<=http://localhost:)\d+", os.environ["GATEWAY_PORT"], file.read_text()))
    await serve(app, config)


hypercorn.asyncio.serve = serve_copy
runpy.run_path(str(Path(__file__).parents[2] / "lib/local/serve.py"), run_name="__main__")
