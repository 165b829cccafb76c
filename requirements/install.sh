#!/bin/sh
# Make .venv with the locked packages: `install.sh base` to run the portal, `install.sh dev` to work
# on it. Does nothing where that has been done. Needs Python 3.11 or newer, and nothing else.
set -eu

wanted=$1
cd "$(dirname "$0")/.."
venv=$PWD/.venv
uv=$venv/uv/bin/uv # beside the locked packages, so that installing exactly these leaves it there

refuse() {
    echo "$1" >&2
    exit 2
}

find_python() {
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    refuse "No Python 3.11 or newer found; install one, or name it: PYTHON=/path/to/python3.11 make"
}

# An environment made for another folder or lock does not count.
stamp() {
    "$venv/bin/python" -I -c '
import hashlib, pathlib, sys
lock = pathlib.Path(sys.argv[1]).read_bytes()
print(hashlib.sha256(lock).hexdigest(), sys.prefix, sys.version.split()[0])
' "requirements/$1.txt" 2>/dev/null
}

is_installed() {
    [ -f "$venv/installed-$1" ] && [ "$(stamp "$1")" = "$(cat "$venv/installed-$1")" ]
}

make_venv() {
    if [ "$(cat "$venv/made-for" 2>/dev/null)" = "$venv" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    python=$(find_python) || exit 2
    echo "Making .venv with $python."
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv" || refuse "$python cannot make a virtual environment; install its venv module (Debian: apt-get install python3-venv)."
    echo "$venv" >"$venv/made-for"
}

find_uv() {
    [ -x "$uv" ] && return
    set -- --quiet --require-hashes --target "$venv/uv" -r requirements/bootstrap.txt
    python=$(find_python) || exit 2
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install "$@"
    elif "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
        "$venv/bin/python" -m pip install "$@"
    elif command -v uv >/dev/null; then
        uv=$(command -v uv)
    else
        refuse "$python has neither pip nor ensurepip; install one (Debian: apt-get install python3-venv)."
    fi
}

if is_installed "$wanted" || { [ "$wanted" = base ] && is_installed dev; }; then
    exit 0
fi
make_venv
find_uv
echo "Installing the packages of requirements/$wanted.txt."
rm -f "$venv"/installed-*
# To run the portal only adds packages: an environment for working on it stays one.
if [ "$wanted" = dev ]; then
    set -- sync
else
    set -- install -r
fi
"$uv" pip "$@" "requirements/$wanted.txt" --quiet --require-hashes --python "$venv/bin/python"
stamp "$wanted" >"$venv/installed-$wanted"
