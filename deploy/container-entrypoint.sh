#!/bin/sh
# `worker ...` runs a worker, anything else is a command of beyond-imagenet: `start ...`, `status ...`.
set -eu
if [ "${1:-worker}" = worker ]; then
  [ $# -eq 0 ] || shift
  exec beyond-imagenet-worker "$@"
fi
exec beyond-imagenet "$@"
