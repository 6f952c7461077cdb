"""Gunicorn's settings, embedded and in production alike; the environment's ``GUNICORN_CMD_ARGS`` overrules them."""

from __future__ import annotations

import os
import socket
import struct
import sys
from typing import Any

from intake.environment import BadEnvironment, judge, value

try:  # gunicorn itself would tell the variable's words in English, or start and fail later
    judge()
except BadEnvironment as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)

worker_class = "intake.cli.doorman.Worker"
preload_app = True
workers = value("SHENBAO_PROCESSES")
threads = value("SHENBAO_THREADS")
backlog = 2048
timeout = 60
graceful_timeout = _PATIENCE = value("SHENBAO_PATIENCE")
keepalive = 5
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112,S108 - its heartbeat, no data
accesslog = None
errorlog = "-"
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "intake.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
"""What gunicorn itself has to say, in the form of our own lines: its words are fixed, what it puts into them is left out."""
proc_name = "shenbao"


def when_ready(server: Any) -> None:
    """Let every connection end on which nothing comes for so many seconds in the middle of a request.

    A thread waits for the rest of a request that has begun; the sockets that are accepted inherit this from the one
    that listens. Somebody who sends a byte now and then is stopped by the proxy in front, which takes requests whole.
    """
    for listener in server.LISTENERS:
        wait = struct.pack("ll", _PATIENCE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)
