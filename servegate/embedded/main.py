"""`serve`: the embedded server's command line, with the flags of `tensorflow_model_server`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from servegate import __version__
from servegate.embedded import log
from servegate.embedded.libtensorflow import disable_xla, library
from servegate.embedded.server import serve
from servegate.embedded.status import StatusError
from servegate.tfserving.flags import FLAGS_BY_NAME, ParsedFlags, parse_flags, usage

_FAILED = 255  # TF Serving returns -1
_XLA = ("xla_cpu_compilation_enabled", "xla_gpu_compilation_enabled")


def main(argv: Sequence[str]) -> int:
    """Serves until a signal ends the process; returns 255 where TF Serving does not start.

    Messages about the arguments and the failed start go to the standard output, as there.
    """
    # TF Serving leaves both signals alone, and so dies of them at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    flags = parse_flags(argv)
    for mistake in flags.mistakes:
        log.error(log.FLAG_PARSER, 55, mistake)
    if flags.mistakes or flags.help:
        _say(usage())
        return _FAILED
    if flags.enabled("version"):
        version = library().TF_Version().decode()
        _say(f"TensorFlow ModelServer: servegate {__version__}\nTensorFlow Library: {version}\n")
        return 0
    if flags.unknown:
        _say(f"unknown argument: {flags.unknown[0]}\n{usage()}")
    _tell_ignored(flags)
    if not any(map(flags.enabled, _XLA)):
        disable_xla()
    try:
        serve(flags)
    except StatusError as error:
        _say(f"Failed to start server. Error: {error}\n")
    return _FAILED


def _tell_ignored(flags: ParsedFlags) -> None:
    for name in flags.given:
        if not FLAGS_BY_NAME[name].honoured:
            message = f"--{name} has no meaning for the embedded server and is ignored."
            log.warning(log.EMBEDDED_MAIN, 0, message)


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
