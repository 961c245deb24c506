#!/usr/bin/env bash
# Sets up the foreign clients that the conformance tests run: pika, aio-pika, kombu and Celery for the system's
# python3 (Debian packages, needs root), amqplib for node (into clients/amqplib/node_modules).
#
# Quiet when everything is there; says what is missing, and then ends with 1. `--local` touches only this folder.
set -u
cd "$(dirname "$0")" || exit 1
missing=0

say() { printf 'conformance: %s\n' "$*" >&2; }

python_packages=(python3-pika python3-aio-pika python3-kombu python3-celery)
has_python() { /usr/bin/python3 -c 'import pika, aio_pika, kombu, celery' 2>/dev/null; }

# What package.json pins, and nothing older or newer.
has_amqplib() {
  node -e 'const fs = require("fs"), read = (f) => JSON.parse(fs.readFileSync(f));
    process.exit(read("package.json").dependencies.amqplib === read("node_modules/amqplib/package.json").version ? 0 : 1)' \
    2>/dev/null
}

if ! has_python; then
  if [ "${1:-}" != --local ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing ${python_packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y --no-install-recommends "${python_packages[@]}" >/dev/null ||
      { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${python_packages[@]}" >/dev/null; }
  fi
  has_python || { say "not all clients for /usr/bin/python3: apt-get install ${python_packages[*]}"; missing=1; }
fi

cd clients/amqplib || exit 1
if ! has_amqplib; then
  if command -v npm >/dev/null; then
    say "installing amqplib"
    npm ci --no-audit --no-fund --silent --no-update-notifier >/dev/null 2>&1
  fi
  has_amqplib || { say "no amqplib: install node 18 or newer with npm, then run setup.sh again"; missing=1; }
fi
exit $missing
