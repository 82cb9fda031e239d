"""How is the replica started by hand? `python -m crawlers.replica --port 8100 --week 1`"""

import argparse
import sys
from pathlib import Path

import uvicorn

from crawlers.replica.app import create_app
from crawlers.replica.server import bound_socket
from crawlers.replica.settings import SIZES, WEEK_ENDS, ReplicaError, ReplicaSettings


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted. 2: it was asked for what it does not have."""
    asked = _parser().parse_args(arguments)
    try:
        settings = ReplicaSettings.checked(asked.seed, asked.week, asked.docs, asked.size, asked.cache)
        bound = bound_socket(asked.port)
    except ReplicaError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"replica: week {settings.week} on http://127.0.0.1:{bound.getsockname()[1]}\n")
    config = uvicorn.Config(create_app(settings), log_level=asked.log, access_log=asked.log == "info", lifespan="off")
    uvicorn.Server(config).run([bound])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawlers.replica", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="0: any free port")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--week", type=int, default=1, choices=sorted(WEEK_ENDS))
    parser.add_argument("--size", default="full", choices=SIZES)
    parser.add_argument("--docs", type=Path, help="publish the PDFs of this folder in place of the replica's own")
    parser.add_argument("--cache", type=Path, help="where made files are kept")
    parser.add_argument("--log", default="warning", choices=("info", "warning"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
