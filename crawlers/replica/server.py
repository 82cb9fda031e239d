"""How is the replica put on a port of localhost, and taken down again?"""

import socket
import threading
import time
from types import TracebackType

import uvicorn

from crawlers.replica.app import create_app
from crawlers.replica.settings import ReplicaError, ReplicaSettings

HOST = "127.0.0.1"


class Replica:
    """A replica in a thread of this process, for a `with` statement. Port 0 takes a free one."""

    def __init__(self, settings: ReplicaSettings, port: int = 0) -> None:
        self.settings = settings
        self.port = port
        self._socket: socket.socket | None = None
        self.app = create_app(settings)
        config = uvicorn.Config(self.app, log_level="warning", access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> "Replica":
        """Listens before it returns, so that the first request cannot come too early."""
        self._socket = bound_socket(self.port)
        self.port = int(self._socket.getsockname()[1])
        sockets = [self._socket]
        self._thread = threading.Thread(target=lambda: self._server.run(sockets), name="replica", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise ReplicaError(f"the replica did not start on {HOST}:{self.port}")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> "Replica":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def bound_socket(port: int) -> socket.socket:
    """A socket bound to the port; an error that names the port when it is taken."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise ReplicaError(f"port {port} of {HOST} cannot be used: {error.strerror}") from error
    return bound
