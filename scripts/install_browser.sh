#!/usr/bin/env bash
# Installs Chromium for the tests where there is none: Debian's package, which needs root or sudo.
# Without it the tests that draw pages fail, and say so; all others run.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
say() { printf 'browser: %s\n' "$*" >&2; }
root=()
[ "$(id -u)" = 0 ] || root=(sudo --non-interactive)
say "no Chromium here, installing Debian's"
if "${root[@]}" apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qq -y --no-install-recommends chromium >/dev/null
then
  say "ready"
else
  say "cannot be installed"
  printf '  hint: apt-get install chromium, as root\n' >&2
fi
