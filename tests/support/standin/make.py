"""A stand-in for `tensorflow/serving`, for machines that have no registry to pull it from.

The embedded server on a small Debian, behind the official image's contract: its entrypoint script,
MODEL_NAME, MODEL_BASE_PATH=/models, ports 8500 and 8501, arguments appended. Debian comes from
where this machine's own apt gets it, the packages are those of this environment. Made once per
machine: the engine keeps the image under a tag that follows from its content.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path

import docker
from docker.errors import DockerException

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
NAME = "servegate-standin"
_SECONDS = 600

# What the embedded server imports, and what a gate inside a container needs to reach the engine.
_DISTRIBUTIONS = (
    *("certifi", "charset-normalizer", "docker", "google-crc32c", "grpcio", "idna", "numpy"),
    *("protobuf", "python-rapidjson", "requests", "tensorflow-cpu", "tensorflow-serving-api"),
    *("typing_extensions", "urllib3"),
)
_TENSORFLOW = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")
_DEBIAN = ("python3-minimal", "libpython3-stdlib")
_NOT_NEEDED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt")
_TOP_FILES = ("Dockerfile", "entrypoint.py")
_PROGRAMS = ("tensorflow_model_server", "tf_serving_entrypoint.sh")


class CannotMake(Exception):
    """What this machine lacks for making the stand-in."""


def standin(api: docker.APIClient) -> str:
    """The tag of the stand-in on this engine, made if it is not there. Raises `CannotMake`."""
    with _one_at_a_time():
        base = f"{NAME}-base:{_digest(*_base_identity())}"
        if not _is_there(api, base):
            _make_base(api, base)
        tag = f"{NAME}:{_digest(base, *_sources())}"
        if not _is_there(api, tag):
            _make(api, base, tag)
        return tag


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_there(api: docker.APIClient, tag: str) -> bool:
    return bool(api.images(name=tag, quiet=True))


def _digest(*parts: bytes | str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:16]


def _base_identity() -> Iterator[bytes | str]:
    yield Path(__file__).read_bytes()
    yield sys.version
    for name in _DISTRIBUTIONS:
        yield f"{name} {metadata.version(name)}"


def _sources() -> Iterator[bytes | str]:
    for file in sorted(HERE.iterdir()):
        if file.is_file():
            yield file.read_bytes()
    for name in _TOP_FILES:
        yield (PROJECT / name).read_bytes()
    for file in sorted((PROJECT / "servegate").rglob("*.py")):
        yield str(file.relative_to(PROJECT))
        yield file.read_bytes()


def _make_base(api: docker.APIClient, tag: str) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        root = Path(folder) / "root"
        _install_debian(root)
        _install_packages(root / "opt" / "servegate" / "packages")
        command = ["tar", "--create", "--numeric-owner", f"--directory={root}", "."]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as packed:
            name, _, version = tag.partition(":")
            api.import_image_from_stream(packed.stdout, repository=name, tag=version)


def _install_debian(root: Path) -> None:
    if shutil.which("debootstrap") is None:
        raise CannotMake("debootstrap is not installed")
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    archive, suite = told.stdout.split()[:2]
    include = f"--include={','.join(_DEBIAN)}"
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", include, suite, str(root), archive],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMake(f"debootstrap failed: {done.stdout.strip().splitlines()[-1:]}")
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not (root / "usr" / "bin" / python).exists():
        raise CannotMake(f"Debian {suite} has no {python}, for which the packages here are made")
    for name in _NOT_NEEDED:
        shutil.rmtree(root / name, ignore_errors=True)


def _install_packages(target: Path) -> None:
    for name in _DISTRIBUTIONS:
        for file in metadata.files(name) or ():
            if file.parts[0] == ".." or not _is_needed(name, str(file)):
                continue
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), copy)
    _compile(target)


def _is_needed(distribution: str, file: str) -> bool:
    """Of TensorFlow only the libraries and the messages: a gigabyte less."""
    if distribution != "tensorflow-cpu":
        return not file.endswith(".pyc")
    return file.endswith(("_pb2.py", *_TENSORFLOW))


def _compile(folder: Path) -> None:
    # The hash is not checked: what Docker does to times must not make every start compile again.
    mode = ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *mode, str(folder)], check=False)


def _listen_on_all_addresses(options: Path) -> None:
    """As TF Serving does; outside of a container the embedded server keeps to loopback."""
    text = options.read_text("utf-8")
    loopback, everywhere = 'HOST = "127.0.0.1"', 'HOST = "0.0.0.0"'
    if text.count(loopback) != 1:
        raise CannotMake(f"{options.name} does not say where the embedded server listens")
    options.write_text(text.replace(loopback, everywhere), "utf-8")


def _make(api: docker.APIClient, base: str, tag: str) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        context = Path(folder)
        shutil.copyfile(HERE / "Dockerfile", context / "Dockerfile")
        code = context / "opt" / "servegate"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / "servegate", code / "servegate", ignore=ignored)
        for file in _TOP_FILES:
            shutil.copyfile(PROJECT / file, code / file)
        _listen_on_all_addresses(code / "servegate" / "embedded" / "options.py")
        _compile(code)
        (context / "bin").mkdir()
        for program in _PROGRAMS:
            shutil.copy(HERE / program, context / "bin" / program)
        for event in api.build(
            path=folder, tag=tag, buildargs={"BASE": base}, rm=True, forcerm=True, decode=True
        ):
            if "error" in event:
                raise CannotMake(event["error"])


def main() -> None:
    """Makes it ahead of the tests, so that no test's time is taken by it; says what hinders it."""
    try:
        with closing(docker.APIClient(timeout=_SECONDS)) as api:
            print(f"The stand-in for tensorflow/serving: {standin(api)}")  # noqa: T201
    except (CannotMake, DockerException) as error:
        print(f"No stand-in for tensorflow/serving, so tests will be skipped: {error}")  # noqa: T201


if __name__ == "__main__":
    main()
