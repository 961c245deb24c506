#!/usr/bin/env bash
# Sets up the foreign clients that the conformance tests run: pika, aio-pika, kombu and Celery for the system's
# python3 (Debian packages, needs root), amqplib and kafkajs for node (into clients/*/node_modules), and for Kafka
# kafka-python and kcat (Debian packages).
#
# Quiet when everything is there; says what is missing, and then ends with 1. `--local` touches only this folder.
set -u
cd "$(dirname "$0")" || exit 1
missing=0

say() { printf 'conformance: %s\n' "$*" >&2; }

debian_packages=(python3-pika python3-aio-pika python3-kombu python3-celery python3-kafka kcat)
has_debian() { /usr/bin/python3 -c 'import pika, aio_pika, kombu, celery, kafka' 2>/dev/null && command -v kcat >/dev/null; }

# What package.json pins, and nothing older or newer. Run in the client's folder.
has_node_client() {
  node -e 'const fs = require("fs"), read = (f) => JSON.parse(fs.readFileSync(f)), name = process.argv[1];
    process.exit(read("package.json").dependencies[name] === read(`node_modules/${name}/package.json`).version ? 0 : 1)' \
    "$1" 2>/dev/null
}

if ! has_debian; then
  if [ "${1:-}" != --local ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing ${debian_packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qq -y --no-install-recommends "${debian_packages[@]}" >/dev/null ||
      { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${debian_packages[@]}" >/dev/null; }
  fi
  has_debian || { say "not all clients of Debian: apt-get install ${debian_packages[*]}"; missing=1; }
fi

for client in amqplib kafkajs; do
  cd "clients/$client" || exit 1
  if ! has_node_client "$client"; then
    if command -v npm >/dev/null; then
      say "installing $client"
      npm ci --no-audit --no-fund --silent --no-update-notifier >/dev/null 2>&1
    fi
    has_node_client "$client" || { say "no $client: install node 18 or newer with npm, then run setup.sh again"; missing=1; }
  fi
  cd ../.. || exit 1
done
exit $missing
