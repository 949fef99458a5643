#!/usr/bin/env bash
# Makes .venv from a lock file: with uv where it is present or installable, else with venv and pip.
# usage: scripts/bootstrap.sh LOCKFILE   (PYTHON=python3.12 chooses another interpreter)
set -euo pipefail
cd "$(dirname "$0")/.."
lock=${1:?usage: scripts/bootstrap.sh LOCKFILE}
stamp=.venv/installed-$(basename "$lock" .lock)
python=${PYTHON:-python3}

say() { printf 'environment: %s\n' "$*" >&2; }
fail() { say "$1"; printf '  hint: %s\n' "$2" >&2; exit 1; }

version_of() { "$1" -c 'import sys; print(*sys.version_info[:2], sep=".")' 2>/dev/null || true; }

# An interpreter that is asked for by name decides; the default one leaves what is there.
if [ -n "${PYTHON:-}" ] && [ -x .venv/bin/python ]; then
  asked=$(version_of "$python") found=$(version_of .venv/bin/python)
  if [ -n "$asked" ] && [ "$asked" != "$found" ]; then
    say ".venv has Python ${found:-that does not run}, PYTHON=$PYTHON is $asked: making it again"
    rm -rf .venv
  fi
fi
if [ -f "$stamp" ] && cmp -s "$lock" "$stamp"; then exit 0; fi

uv=$(command -v uv || true)
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  [ -n "$uv" ] || fail "Python 3.11 or newer is needed, $python is $("$python" --version 2>&1 || echo missing)" \
    "install it, or name another one: make PYTHON=python3.12 ..."
  python=3.11
fi

# An environment that uv has made has no pip of its own.
[ -n "$uv" ] && needed=sys || needed=pip
if [ -z "$uv" ] && .venv/bin/python -c 'import sys' 2>/dev/null; then
  .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
fi
if ! .venv/bin/python -c "import $needed" 2>/dev/null; then
  say "creating .venv"
  rm -rf .venv
  if [ -n "$uv" ]; then
    "$uv" venv --quiet --python "$python" .venv
  else
    "$python" -m venv .venv || {
      rm -rf .venv
      fail "$python cannot create virtual environments" "install the package python3-venv, or uv"
    }
  fi
fi
if [ -z "$uv" ]; then
  if .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes -r requirements-uv.lock; then
    uv=.venv/bin/uv
  else
    say "uv could not be installed (see above), going on with pip, which is slower"
  fi
fi

say "installing $lock"
if [ -n "$uv" ]; then
  "$uv" pip install --python .venv/bin/python --require-hashes -r "$lock"
else
  # The lock names everything; left to resolve, older pips stumble over extras in it.
  .venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r "$lock"
fi

# implicit links the system's OpenMP runtime, which slim images leave out.
if ! .venv/bin/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null && [ "$(uname)" = Linux ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "the OpenMP runtime libgomp.so.1 is missing: installing the system package libgomp1 with apt-get"
    apt-get update -qq && apt-get install -y -qq libgomp1 >/dev/null
  else
    fail "the OpenMP runtime libgomp.so.1 is missing" "install the package libgomp1 (Debian) or libgomp (Fedora)"
  fi
fi
cp "$lock" "$stamp"
say "ready"
