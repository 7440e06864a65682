#!/bin/sh
# `worker ...` runs a worker, anything else is a command of the command line: `start ...`, `status ...`.
set -eu
if [ "${1:-worker}" = worker ]; then
  [ $# -eq 0 ] || shift
  exec node /app/bin/beyond-imagenet-worker.js "$@"
fi
exec node /app/bin/beyond-imagenet.js "$@"
