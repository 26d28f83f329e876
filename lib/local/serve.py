"""Serves the AWS emulator on 127.0.0.1 and prints the port.

Ends with its parent, unless the file named as argument is there by then: somebody keeps the emulator.
"""

import asyncio
import os
import socket
import sys
import threading
import time

from hypercorn.asyncio import serve
from hypercorn.config import Config


def end_with_parent(parent: int, kept: str) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    if not os.path.exists(kept):
        os._exit(1)


threading.Thread(target=end_with_parent, args=(os.getppid(), sys.argv[1]), daemon=True).start()

# Bound before the emulator is told its port, so that two of them can never meet on one.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
port = listener.getsockname()[1]
os.environ["GATEWAY_PORT"] = str(port)

from ministack.app import app  # noqa: E402  (reads the port when it is imported)

config = Config()
config.bind = [f"fd://{listener.fileno()}"]
print(port, flush=True)
asyncio.run(serve(app, config))
